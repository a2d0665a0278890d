#define _GNU_SOURCE
#include "CSandboxProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void close_open(int descriptor) {
  if (descriptor >= 0) close(descriptor);
}

// Moves a descriptor above those that the child gets, so that no dup2 of the child's overwrites another pipe.
static int above_standard(int *descriptor) {
  if (*descriptor > STDERR_FILENO) return 0;
  int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) return errno;
  close(*descriptor);
  *descriptor = moved;
  return 0;
}

// Both ends are closed at an exec from the moment they are there, since another thread may be starting a program now.
static int open_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC)) {
    ends[0] = ends[1] = -1;
    return errno;
  }
  int error = above_standard(&ends[0]);
  return error ? error : above_standard(&ends[1]);
}

static const char *own_path(void) {
  static const char link[] = "/proc/self/exe";
  if (!access(link, X_OK)) return link;
  const char *path = (const char *)getauxval(AT_EXECFN);
  return path ? path : link;
}

static int spawn(const char *path, char *const arguments[], int input, int output, int *identifier) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  posix_spawnattr_t attributes;
  if ((error = posix_spawnattr_init(&attributes))) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  if (!(error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO))
      && !(error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
      && !(error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO))
      && !(error = posix_spawnattr_setsigmask(&attributes, &none)) && !(error = posix_spawnattr_setsigdefault(&attributes, &all))
      && !(error = posix_spawnattr_setpgroup(&attributes, 0))
      && !(error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))) {
    char *const environment[] = {NULL};
    error = posix_spawn(identifier, path, &actions, &attributes, arguments, environment);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int sandbox_process_start(const char *path, char *const arguments[], struct sandbox_process *process) {
  int input[2] = {-1, -1}, output[2] = {-1, -1};
  int error = open_pipe(input);
  if (!error) error = open_pipe(output);
  // Each end is an open file of its own: the child's ends block.
  if (!error && (fcntl(input[1], F_SETFL, O_NONBLOCK) || fcntl(output[0], F_SETFL, O_NONBLOCK))) error = errno;
  if (!error) error = spawn(path ? path : own_path(), arguments, input[0], output[1], &process->identifier);
  close_open(input[0]);
  close_open(output[1]);
  if (error) {
    close_open(input[1]);
    close_open(output[0]);
    return error;
  }
  process->to_child = input[1];
  process->from_child = output[0];
#ifdef SYS_pidfd_open
  process->end = (int)syscall(SYS_pidfd_open, process->identifier, 0);
#else
  process->end = -1;
#endif
  return 0;
}

void sandbox_process_kill(struct sandbox_process process) {
  kill(-process.identifier, SIGKILL);
#ifdef SYS_pidfd_send_signal
  if (process.end >= 0 && !syscall(SYS_pidfd_send_signal, process.end, SIGKILL, NULL, 0)) return;
#endif
  kill(process.identifier, SIGKILL);
}

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int sandbox_process_reap(struct sandbox_process process, bool is_patient, struct sandbox_end *end) {
  // While it is there to be reaped nothing else has its number, so that the rest of its group can be ended.
  siginfo_t info = {0};
  int failed;
  do failed = waitid(P_PID, (id_t)process.identifier, &info, WEXITED | WNOWAIT | (is_patient ? 0 : WNOHANG));
  while (failed && errno == EINTR);
  if (failed) return -1;
  if (!info.si_pid) return 0;
  kill(-process.identifier, SIGKILL);
  struct rusage usage;
  pid_t result;
  do result = wait4(process.identifier, &end->status, 0, &usage);
  while (result < 0 && errno == EINTR);
  if (result != process.identifier) return -1;
  end->cpu_microseconds = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  end->peak_bytes = usage.ru_maxrss * 1024LL;
  return 1;
}

long long sandbox_process_cpu_nanoseconds(struct sandbox_process process) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process.identifier, &clock) || clock_gettime(clock, &time)) return -1;
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

bool sandbox_make_undumpable(void) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

void sandbox_give_memory_back(void) {
  mallopt(M_ARENA_MAX, 1);
  // The values that glibc begins with, which it raises as large pieces are freed, unless it is told them.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
}

int sandbox_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// A full counter, the only reason to fail, wakes as well.
void sandbox_wake(int descriptor) { eventfd_write(descriptor, 1); }

void sandbox_wake_clear(int descriptor) {
  eventfd_t count;
  eventfd_read(descriptor, &count);
}

void sandbox_thread_prepare(const char *name) {
  sigset_t signals;
  sigfillset(&signals);
  // A fault that is blocked ends the process without a word of where it was.
  int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
  for (unsigned index = 0; index < sizeof faults / sizeof *faults; index++) sigdelset(&signals, faults[index]);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  pthread_setname_np(pthread_self(), name);
}

long sandbox_read(int descriptor, void *bytes, unsigned long count) {
  ssize_t result;
  do result = read(descriptor, bytes, count);
  while (result < 0 && errno == EINTR);
  return result;
}

long sandbox_write(int descriptor, const void *bytes, unsigned long count) {
  ssize_t result;
  do result = write(descriptor, bytes, count);
  while (result < 0 && errno == EINTR);
  return result;
}

void sandbox_close(int descriptor) { close(descriptor); }

int sandbox_pipe_bytes(int descriptor) {
  int count;
  return ioctl(descriptor, FIONREAD, &count) ? -1 : count;
}

// The number behind a name at the beginning of a line. The kernel escapes line ends in the one text that is the process's own.
static long long number_behind(const char *text, const char *name) {
  const char *at = strstr(text, name);
  return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

bool sandbox_process_status(struct sandbox_process process, struct sandbox_status *status) {
  char path[40], text[4096];
  snprintf(path, sizeof path, "/proc/%d/status", process.identifier);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  long count = sandbox_read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return false;
  text[count] = 0;
  const char *state = strstr(text, "\nState:\t");
  status->is_sleeping = state ? state[8] == 'S' : -1;
  status->seccomp_mode = (int)number_behind(text, "\nSeccomp:");
  status->has_no_new_privileges = (int)number_behind(text, "\nNoNewPrivs:");
  long long kilobytes = number_behind(text, "\nVmHWM:");
  status->peak_bytes = kilobytes < 0 ? -1 : kilobytes * 1024;
  return true;
}

long long sandbox_own_peak_bytes(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_maxrss * 1024LL;
}
