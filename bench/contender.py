"""What the Python contenders of `bun run bench` have in common: they talk line by line as contender.ts describes."""
import json
import sys
import time


def serve(name, parameters, started, tasks):
    """Says {"ready": ...}, then answers the names of tasks, and `end`, on standard input, each with one JSON object.

    started: time.perf_counter() when getting ready began; tasks: functions that return a number, by name.
    """
    seconds = time.perf_counter() - started
    print(json.dumps({"ready": name, "parameters": parameters, "seconds": seconds}), flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "end":
            print(json.dumps({"memory": peak_memory_mib()}), flush=True)
            return
        started = time.perf_counter()
        value = float(tasks[command]())
        print(json.dumps({"seconds": time.perf_counter() - started, "value": value}), flush=True)


def peak_memory_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
