export type Task = 'train' | 'infer';

/** What convolutions are computed in. */
export type Precision = 'float32' | 'bfloat16';

export interface ContenderOptions {
  name: string;
  precision: Precision;
  command: string[];
  environment?: Record<string, string>;
}

/**
 * A program that trains and predicts on request, in a process of its own. It says what it is in its first line, takes
 * `train`, `infer` and `end` on standard input, and answers each with a line of JSON.
 */
export class Contender {
  /** Of each task done, warm-up excepted. */
  readonly seconds: Record<Task, number[]> = { train: [], infer: [] };
  /** Getting ready (recording, compiling) and the first training step together. */
  startSeconds = Number.NaN;
  /** The most memory the process ever held. */
  memoryMiB = Number.NaN;

  private constructor(
    readonly name: string,
    readonly precision: Precision,
    /** In words, such as `PyTorch 2.13.0`. */
    readonly version: string,
    readonly parameters: number,
    private readonly process: Bun.Subprocess<'pipe', 'pipe', 'ignore'>,
    private readonly lines: AsyncIterator<string>,
  ) {}

  static async start({ name, precision, command, environment }: ContenderOptions): Promise<Contender> {
    const env = { ...Bun.env, ...environment };
    const process = Bun.spawn(command, { stdin: 'pipe', stdout: 'pipe', stderr: 'ignore', env });
    const lines = readLines(process.stdout);
    const { ready, parameters, seconds } = await next<{ ready: string; parameters: number; seconds: number }>(
      name,
      lines,
    );
    const contender = new Contender(name, precision, ready, parameters, process, lines);
    contender.startSeconds = seconds;
    return contender;
  }

  /** The first runs, which allocate and compile, and are not counted. */
  async warmUp(): Promise<void> {
    this.startSeconds += (await this.ask('train')).seconds;
    for (const task of ['train', 'infer', 'infer'] as const) await this.ask(task);
  }

  async run(task: Task): Promise<void> {
    // The first prediction after a training step folds or packs weights where a library does that; those after it are timed.
    if (task === 'infer') await this.ask(task);
    this.seconds[task].push((await this.ask(task)).seconds);
  }

  /** @returns how long a task took, and the number that came out of it. */
  async ask(task: Task): Promise<{ seconds: number; value: number }> {
    this.say(task);
    const answer = await next<{ seconds: number; value: number }>(this.name, this.lines);
    if (!Number.isFinite(answer.value)) throw new Error(`${this.name}: ${task} gave ${answer.value}`);
    return answer;
  }

  async end(): Promise<void> {
    this.say('end');
    this.memoryMiB = (await next<{ memory: number }>(this.name, this.lines)).memory;
    this.process.stdin.end();
    await this.process.exited;
  }

  /** Ends the process whatever it is doing; one that has ended already stays so. */
  kill(): void {
    this.process.kill();
  }

  private say(line: string): void {
    this.process.stdin.write(`${line}\n`);
    this.process.stdin.flush();
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

async function next<T>(name: string, lines: AsyncIterator<string>): Promise<T> {
  const { value, done } = await lines.next();
  if (done) throw new Error(`${name} ended unexpectedly; run its command by hand to see why`);
  return JSON.parse(value) as T;
}
