/*
 * A disk that fails, for processes that load this library first (LD_PRELOAD): it counts what they do to files below one
 * folder, and at a given place ends the process, fills the disk, or makes it slow.
 *
 *   FAULT_FOLDER  the folder
 *   FAULT_AT      which operation fails, counted from 1; none when absent
 *   FAULT_ACTION  kill: the process ends before the operation, as by SIGKILL
 *                 full: half of what is written is taken, and nothing from then on (ENOSPC)
 *                 readonly: nothing is written from then on (EROFS)
 *   FAULT_DELAY   microseconds that each operation takes longer
 *   FAULT_COUNT   file that the number of operations is written to at the end
 *   FAULT_LOG     file that receives the new name of each file that is renamed, one per line
 *
 * Operations are open for writing, write, fsync, rename and unlink.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 65536
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static _Atomic long operations;
static _Atomic char watched[DESCRIPTORS];
static const char *folder, *action;
static long at, delay;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULT_FOLDER");
  action = getenv("FAULT_ACTION") ? getenv("FAULT_ACTION") : "";
  at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
  delay = getenv("FAULT_DELAY") ? atol(getenv("FAULT_DELAY")) : 0;
}

__attribute__((destructor)) static void end(void) {
  const char *file = getenv("FAULT_COUNT");
  FILE *out = file ? fopen(file, "w") : NULL;
  if (!out) return;
  fprintf(out, "%ld", operations);
  fclose(out);
}

/* Whether a path lies below the folder, however it is written. */
static int below(const char *path) {
  char parent[PATH_MAX], absolute[PATH_MAX];
  if (!folder || !path || strlen(path) >= PATH_MAX) return 0;
  strcpy(parent, path);
  if (!realpath(dirname(parent), absolute)) return 0;
  size_t length = strlen(folder);
  return !strncmp(absolute, folder, length) && (absolute[length] == '/' || absolute[length] == 0);
}

enum { GOES_ON, FAILS, HALF };

/* Counts an operation and says what becomes of it; errno is set when it fails. */
static int operation(void) {
  long number = atomic_fetch_add(&operations, 1) + 1;
  if (delay) usleep(delay);
  if (!at || number < at) return GOES_ON;
  if (!strcmp(action, "kill")) {
    raise(SIGKILL);
    for (;;) pause();
  }
  if (!strcmp(action, "readonly")) return errno = EROFS, FAILS;
  if (number == at) return HALF;
  return errno = ENOSPC, FAILS;
}

static int opened(const char *path, int flags, int descriptor) {
  if (descriptor >= 0 && descriptor < DESCRIPTORS) watched[descriptor] = (flags & (O_WRONLY | O_RDWR)) && below(path);
  return descriptor;
}

#define OPEN(name)                                                                     \
  int name(const char *path, int flags, ...) {                                         \
    va_list rest;                                                                      \
    va_start(rest, flags);                                                             \
    mode_t mode = va_arg(rest, mode_t);                                                \
    va_end(rest);                                                                      \
    if ((flags & (O_WRONLY | O_RDWR)) && below(path) && operation() == FAILS) return -1; \
    return opened(path, flags, REAL(name)(path, flags, mode));                         \
  }
OPEN(open)
OPEN(open64)

static int isWatched(int descriptor) { return descriptor >= 0 && descriptor < DESCRIPTORS && watched[descriptor]; }

ssize_t write(int descriptor, const void *bytes, size_t size) {
  int outcome = isWatched(descriptor) ? operation() : GOES_ON;
  if (outcome == FAILS) return -1;
  return REAL(write)(descriptor, bytes, outcome == HALF && size > 1 ? size / 2 : size);
}

#define PWRITE(name, offset_type)                                                                    \
  ssize_t name(int descriptor, const void *bytes, size_t size, offset_type offset) {                 \
    int outcome = isWatched(descriptor) ? operation() : GOES_ON;                                     \
    if (outcome == FAILS) return -1;                                                                 \
    return REAL(name)(descriptor, bytes, outcome == HALF && size > 1 ? size / 2 : size, offset);     \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

int fsync(int descriptor) {
  if (isWatched(descriptor) && operation() == FAILS) return -1;
  return REAL(fsync)(descriptor);
}

static void logged(const char *path) {
  const char *file = getenv("FAULT_LOG");
  int out = file ? REAL(open)(file, O_WRONLY | O_APPEND) : -1;
  if (out < 0) return;
  char line[PATH_MAX + 1];
  int length = snprintf(line, sizeof line, "%s\n", path);
  if (REAL(write)(out, line, length) < 0) perror(file);
  REAL(close)(out);
}

int rename(const char *from, const char *to) {
  if (below(to) && operation() == FAILS && errno == EROFS) return -1; /* a full disk still renames */
  int result = REAL(rename)(from, to);
  if (!result && below(to)) logged(to);
  return result;
}

int unlink(const char *path) {
  if (below(path) && operation() == FAILS && errno == EROFS) return -1; /* and deletes */
  return REAL(unlink)(path);
}

int close(int descriptor) {
  if (isWatched(descriptor)) watched[descriptor] = 0;
  return REAL(close)(descriptor);
}
