#define _GNU_SOURCE
#include "CSandboxLock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"

extern char **environ;

static struct sandbox_lock_state held(void) { return (struct sandbox_lock_state){NULL, 0}; }
static struct sandbox_lock_state failed(const char *what, int error) { return (struct sandbox_lock_state){what, error}; }

// --- Environment

static struct sandbox_lock_state check_environment(void) {
  return environ == NULL || environ[0] == NULL ? held() : failed("the process has environment variables", 0);
}

// Local times are those of UTC, and the C library must not look for a file that tells otherwise when it is asked for one first.
static void settle_time_zone(void) {
  static char zone[] = "TZ=UTC0";
  putenv(zone);
  tzset();
}

// --- Descriptors

static int is_pipe(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

// Kernels before 5.9 have no close_range.
static int close_one_by_one(unsigned first) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  // Descriptors beyond the soft limit are there when it was lower once; whoever starts the child hands down none of those.
  for (rlim_t descriptor = first; descriptor < limit.rlim_cur && descriptor < 1 << 20; descriptor++) close((int)descriptor);
  return 0;
}

static struct sandbox_lock_state close_descriptors(void) {
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
  if (syscall(SYS_close_range, 2U, ~0U, 0U) != 0 && close_one_by_one(2) != 0) return failed("descriptors could not be closed", errno);
  if (fcntl(2, F_GETFD) != -1) return failed("descriptor 2 is still open", 0);
  if (!is_pipe(0)) return failed("descriptor 0 is no pipe", 0);
  if (!is_pipe(1)) return failed("descriptor 1 is no pipe", 0);
  return held();
}

// --- Resources

// How much address space the process has; 0 where it cannot be told.
static uint64_t address_space(void) {
  char text[64];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return 0;
  text[count] = 0;
  return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

// Where the machine has no memory left, the kernel is to end this process and not its parent. It is no lock: the limits hold without it.
static void be_first_to_go(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, "1000", 4) < 0) errno = 0;
  close(file);
}

// Both limits, the soft and the hard one, so that it cannot be raised again.
static int limit(int resource, rlim_t value) {
  struct rlimit wanted = {value, value}, found;
  if (getrlimit(resource, &found) != 0) return -1;
  if (found.rlim_max < wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max = found.rlim_max;
  if (setrlimit(resource, &wanted) != 0 || getrlimit(resource, &found) != 0) return -1;
  if (found.rlim_cur <= value && found.rlim_max <= value) return 0;
  errno = EPERM;
  return -1;
}

static int arm_timer(uint64_t milliseconds) {
  // Where the parent ignores a signal or holds it back, so does what it starts.
  static const int fatal[] = {SIGPROF, SIGXCPU, SIGPIPE, SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGTERM};
  for (unsigned index = 0; index < sizeof fatal / sizeof *fatal; index++) signal(fatal[index], SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return -1;
  struct itimerval timer = {{0, 0}, {(time_t)(milliseconds / 1000), (suseconds_t)(milliseconds % 1000 * 1000)}};
  if (milliseconds == 0) timer.it_value.tv_usec = 1000;
  return setitimer(ITIMER_PROF, &timer, NULL);
}

// A process that computes would otherwise go on, until its time is over, when its parent is killed. The signal is for the end of the thread
// that started the process, which is the one that reaps it.
static int end_with_parent(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  // The parent may have ended before that: then nobody has the pipe's other end.
  struct pollfd output = {.fd = 1, .events = 0};
  if (poll(&output, 1, 0) == 1 && output.revents & (POLLERR | POLLHUP)) _exit(1);
  return 0;
}

static struct sandbox_lock_state limit_resources(const struct sandbox_lock_request *request, uint64_t used) {
  // A process of Swift with its libraries, where the kernel does not tell.
  if (used == 0) used = (uint64_t)1 << 30;
  uint64_t spent = sandbox_lock_cpu_nanoseconds() / 1000000;
  // In whole seconds, behind the timer.
  rlim_t seconds = (spent + request->cpu_milliseconds) / 1000 + 2;
  if (end_with_parent() != 0) return failed("the process could not be bound to its parent's life", errno);
  if (arm_timer(request->cpu_milliseconds) != 0) return failed("the timer of processor time could not be set", errno);
  if (limit(RLIMIT_CPU, seconds) != 0) return failed("processor time could not be limited", errno);
  if (limit(RLIMIT_NOFILE, 2) != 0) return failed("descriptors could not be limited", errno);
  if (limit(RLIMIT_FSIZE, 0) != 0) return failed("the size of files could not be limited", errno);
  if (limit(RLIMIT_CORE, 0) != 0) return failed("core dumps could not be limited", errno);
  if (limit(RLIMIT_NPROC, 0) != 0) return failed("processes could not be limited", errno);
  if (limit(RLIMIT_MEMLOCK, 0) != 0) return failed("locked memory could not be limited", errno);
  if (limit(RLIMIT_MSGQUEUE, 0) != 0) return failed("message queues could not be limited", errno);
  if (limit(RLIMIT_AS, used + request->memory_bytes) != 0) return failed("memory could not be limited", errno);
  return held();
}

// --- Privileges, memory, system calls

static struct sandbox_lock_state drop_privileges(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("new privileges could not be given up", errno);
  return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? held() : failed("new privileges are still to be had", 0);
}

// Nobody but the superuser may read the process's memory or its /proc files from now on, and it leaves no core dump.
static struct sandbox_lock_state hide_memory(void) {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("the process could not be made undumpable", errno);
  return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? held() : failed("the process could not be made undumpable", EPERM);
}

static struct sandbox_lock_state filter_system_calls(void) {
  const char *what = sandbox_filter_apply();
  if (what != NULL) return failed(what, errno);
  return held();
}

int sandbox_lock_apply(const struct sandbox_lock_request *request, struct sandbox_lock_state states[SANDBOX_LOCK_COUNT]) {
  uint64_t used = address_space();
  be_first_to_go();
  states[SANDBOX_LOCK_ENVIRONMENT] = check_environment();
  settle_time_zone();
  states[SANDBOX_LOCK_DESCRIPTORS] = close_descriptors();
  states[SANDBOX_LOCK_DUMPABLE] = hide_memory();
  states[SANDBOX_LOCK_PRIVILEGES] = drop_privileges();
  states[SANDBOX_LOCK_RESOURCES] = limit_resources(request, used);
  states[SANDBOX_LOCK_SYSTEM_CALLS] = filter_system_calls();
  int count = 0;
  for (int kind = 0; kind < SANDBOX_LOCK_COUNT; kind++) count += states[kind].failed == NULL;
  return count;
}

const char *sandbox_lock_error_text(int error) { return strerrordesc_np(error); }

uint64_t sandbox_lock_raise_stack(uint64_t bytes) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0) return 0;
  if (limit.rlim_cur < bytes && limit.rlim_cur < limit.rlim_max) {
    struct rlimit raised = {bytes < limit.rlim_max ? bytes : limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_STACK, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur;
}

uint64_t sandbox_lock_cpu_nanoseconds(void) {
  struct timespec time;
  if (syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
