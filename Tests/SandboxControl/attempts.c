#define _GNU_SOURCE
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t attempt_target;
static char *page;
static char environ_path[64];
static char secret[16] = "a secret";

void prepare_attempts(void) {
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  snprintf(environ_path, sizeof environ_path, "/proc/%ld/environ", (long)attempt_target);
}

// --- The file system, the network

static long nothing(void) { return 0; }
static long open_file(void) { return syscall(SYS_openat, AT_FDCWD, "/etc/hostname", O_RDONLY); }
static long read_environment(void) { return syscall(SYS_openat, AT_FDCWD, environ_path, O_RDONLY); }
static long read_memory_file(void) { return syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR); }
static long make_socket(void) { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }
static long make_socket_pair(void) {
  int pair[2];
  return syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
}
static long make_pipe(void) {
  int pair[2];
  return syscall(SYS_pipe2, pair, 0);
}
static long change_folder(void) { return syscall(SYS_chdir, "/"); }
static long make_memory_file(void) { return syscall(SYS_memfd_create, "code", 0U); }

// --- Descriptors

static long write_to_error(void) { return syscall(SYS_write, 2, "x", 1UL); }
static long write_to_third(void) { return syscall(SYS_write, 3, "x", 1UL); }
static long read_from_output(void) {
  // Reading nothing from the writing end of a pipe is an error of the descriptor, not of the call.
  return syscall(SYS_read, 1, page, 0UL) < 0 && errno != EBADF ? -1 : 0;
}
static long duplicate(void) { return syscall(SYS_dup, 0); }
static long control_descriptor(void) { return syscall(SYS_fcntl, 0, F_GETFL); }
static long control_device(void) {
  int count;
  return syscall(SYS_ioctl, 0, FIONREAD, &count);
}

// --- Processes

static long execute(void) {
  char *const arguments[] = {"SandboxControl", "executed", NULL}, *const environment[] = {NULL};
  return syscall(SYS_execve, "/proc/self/exe", arguments, environment);
}
static long child(long process) {
  if (process == 0) _exit(0);
  if (process < 0) return -1;
  int status;
  return waitpid((pid_t)process, &status, 0);
}
static long clone_process(void) { return child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static long fork_process(void) { return child(fork()); }
static long clone_process_anew(void) {
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } arguments = {.exit_signal = SIGCHLD};
  return child(syscall(SYS_clone3, &arguments, sizeof arguments));
}
static long trace_me(void) { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }
static long attach(void) { return syscall(SYS_ptrace, PTRACE_SEIZE, attempt_target, 0, 0); }
static long signal_target(void) { return syscall(SYS_kill, attempt_target, 0); }
static long signal_thread(void) { return syscall(SYS_tgkill, attempt_target, attempt_target, 0); }
static long move_memory(long number) {
  char copy[sizeof secret] = "another";
  struct iovec here = {copy, sizeof copy}, there = {secret, sizeof secret};
  return syscall(number, attempt_target, &here, 1UL, &there, 1UL, 0UL);
}
static long read_memory(void) { return move_memory(SYS_process_vm_readv); }
static long write_memory(void) { return move_memory(SYS_process_vm_writev); }
static long open_process(void) { return syscall(SYS_pidfd_open, attempt_target, 0U); }
static long share_less(void) { return syscall(SYS_unshare, CLONE_FS); }

// --- Memory

static long map_code(void) {
  return syscall(SYS_mmap, NULL, 4096UL, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0UL) == -1 ? -1 : 0;
}
static long protect_code(void) { return syscall(SYS_mprotect, page, 4096UL, PROT_READ | PROT_EXEC); }
static long protect_code_by_key(void) { return syscall(SYS_pkey_mprotect, page, 4096UL, PROT_READ | PROT_EXEC, -1); }
static long map_shared(void) {
  return syscall(SYS_mmap, NULL, 4096UL, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0UL) == -1 ? -1 : 0;
}
static long map_fixed(void) {
  return syscall(SYS_mmap, page, 4096UL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0UL) == -1 ? -1 : 0;
}
static long move_fixed(void) {
  return syscall(SYS_mremap, page, 4096UL, 4096UL, MREMAP_MAYMOVE | MREMAP_FIXED, page + (1 << 20)) == -1 ? -1 : 0;
}
// More than the lock of the control leaves, touched or not.
static long take_memory(void) {
  return syscall(SYS_mmap, NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0UL) == -1 ? -1 : 0;
}
static long lock_memory(void) { return syscall(SYS_mlock, page, 4096UL); }
static long execute_stack(void) { return personality(READ_IMPLIES_EXEC); }

// --- The lock itself

static long become_dumpable(void) { return syscall(SYS_prctl, PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL); }
static long outlive_parent(void) { return syscall(SYS_prctl, PR_SET_PDEATHSIG, 0UL, 0UL, 0UL, 0UL); }
static long raise_limit(void) {
  struct rlimit limit = {256, 256};
  return syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit);
}
static long raise_limit_anew(void) {
  struct rlimit limit = {256, 256};
  return syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
}
static long stop_timer(void) {
  struct itimerval none = {{0, 0}, {0, 0}};
  return syscall(SYS_setitimer, ITIMER_PROF, &none, NULL);
}
static long ignore_timer(void) { return signal(SIGPROF, SIG_IGN) == SIG_ERR ? -1 : 0; }
static long block_timer(void) {
  sigset_t all;
  sigfillset(&all);
  return sigprocmask(SIG_BLOCK, &all, NULL);
}
static long filter_again(void) { return syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0U, &(uint32_t){0x7fff0000U}); }
// Processor time without end: what never asks the time is ended by the kernel.
static long spin(void) {
  volatile unsigned long count = 1;
  while (count != 0) count |= 1;
  return 0;
}
static long wait_for_time(void) {
  struct timespec time = {0, 1};
  return syscall(SYS_nanosleep, &time, NULL);
}
static long read_clock(void) {
  struct timespec time;
  return syscall(SYS_clock_gettime, CLOCK_REALTIME, &time);
}
static long wait_on_futex(void) {
  static int word = 1;
  struct timespec time = {0, 1};
  long result = syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 1, &time, NULL, 0);
  return result < 0 && errno == ETIMEDOUT ? 0 : result;
}

// --- Parts of the kernel that not every one has, or that only the superuser may use: they have to be out of reach all the same

static long set_up_ring(void) {
  char parameters[120] = {0};
  return syscall(SYS_io_uring_setup, 1U, parameters);
}
static long load_program(void) {
  union bpf_attr attributes = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  return syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
}
static long open_counters(void) {
  char attributes[112] = {0};
  return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0UL);
}
static long handle_faults(void) { return syscall(SYS_userfaultfd, 0); }
static long add_key(void) { return syscall(SYS_add_key, "user", "name", "x", 1UL, -2); }
static long mount_folder(void) { return syscall(SYS_mount, "none", "/nowhere", "tmpfs", 0UL, NULL); }
static long enter_namespace(void) { return syscall(SYS_setns, -1, 0); }
#if defined(__x86_64__)
// The same kernel by the numbers of other interfaces: write is 1 in x32, getpid is 20 of a 32-bit program.
static long call_as_x32(void) { return syscall(0x40000000L + 1, 1, "x", 0UL); }
static long call_as_32_bit(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
  if (result >= 0) return result;
  errno = (int)-result;
  return -1;
}
#endif

static const struct attempt attempts[] = {
    {"nothing", nothing},
    {"open", open_file},
    {"open-environment", read_environment},
    {"open-memory", read_memory_file},
    {"socket", make_socket},
    {"socketpair", make_socket_pair},
    {"pipe", make_pipe},
    {"chdir", change_folder},
    {"memfd", make_memory_file},
    {"write-to-2", write_to_error},
    {"write-to-3", write_to_third},
    {"read-from-1", read_from_output},
    {"dup", duplicate},
    {"fcntl", control_descriptor},
    {"ioctl", control_device},
    {"execve", execute},
    {"clone", clone_process},
    {"fork", fork_process},
    {"clone3", clone_process_anew},
    {"ptrace-traceme", trace_me},
    {"ptrace-seize", attach},
    {"kill", signal_target},
    {"tgkill", signal_thread},
    {"process-vm-readv", read_memory},
    {"process-vm-writev", write_memory},
    {"pidfd-open", open_process},
    {"unshare", share_less},
    {"mmap-exec", map_code},
    {"mprotect-exec", protect_code},
    {"pkey-mprotect-exec", protect_code_by_key},
    {"mmap-shared", map_shared},
    {"mmap-fixed", map_fixed},
    {"mremap-fixed", move_fixed},
    {"memory", take_memory},
    {"mlock", lock_memory},
    {"personality", execute_stack},
    {"prctl-dumpable", become_dumpable},
    {"prctl-outlive-parent", outlive_parent},
    {"setrlimit", raise_limit},
    {"prlimit64", raise_limit_anew},
    {"setitimer", stop_timer},
    {"sigaction", ignore_timer},
    {"sigprocmask", block_timer},
    {"seccomp", filter_again},
    {"spin", spin},
    {"nanosleep", wait_for_time},
    {"clock", read_clock},
    {"futex-wait", wait_on_futex},
    {"io-uring", set_up_ring},
    {"bpf", load_program},
    {"perf", open_counters},
    {"userfaultfd", handle_faults},
    {"add-key", add_key},
    {"mount", mount_folder},
    {"setns", enter_namespace},
#if defined(__x86_64__)
    {"x32", call_as_x32},
    {"int-0x80", call_as_32_bit},
#endif
};

const struct attempt *find_attempt(const char *name) {
  for (unsigned index = 0; index < sizeof attempts / sizeof *attempts; index++)
    if (strcmp(attempts[index].name, name) == 0) return &attempts[index];
  return NULL;
}
