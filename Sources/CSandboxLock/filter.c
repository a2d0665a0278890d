// The system calls that the engine needs once it is up, and nothing else: any other one ends the process with SIGSYS, before the kernel has
// looked at it. The program is classic BPF, read by the kernel from top to bottom.
#define _GNU_SOURCE
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
// The numbers of the x32 interface, which has the same architecture.
#define FIRST_FOREIGN_NUMBER 0x40000000U
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows the system calls of x86_64 and aarch64 only"
#endif

#define FIELD(name) (offsetof(struct seccomp_data, name))
// Both processors are little-endian: the lower half of an argument stands first.
#define LOWER(index) (FIELD(args) + (index) * sizeof(__u64))
#define UPPER(index) (LOWER(index) + sizeof(__u32))

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define MASK(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (__u32)(bits))
#define END(action) BPF_STMT(BPF_RET | BPF_K, (action))
/// Goes on when equal, else over `count` instructions.
#define UNLESS_EQUAL_SKIP(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__u32)(value), 0, (count))
#define KILL END(SECCOMP_RET_KILL_PROCESS)
#define ALLOW END(SECCOMP_RET_ALLOW)

/// Goes on when the loaded word is the value, else ends the process: two instructions.
#define REQUIRE(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__u32)(value), 1, 0), KILL
/// The same for the lower half of an argument, without the bits: four instructions.
#define REQUIRE_WITHOUT(index, bits, value) LOAD(LOWER(index)), MASK(~(bits)), REQUIRE(value)
/// The same for the lower half of an argument: three instructions.
#define REQUIRE_ARGUMENT(index, value) LOAD(LOWER(index)), REQUIRE(value)
/// An argument has nothing in its upper half: three instructions.
#define REQUIRE_SMALL(index) LOAD(UPPER(index)), REQUIRE(0)

/// The call with any arguments. The number is loaded before and after.
#define ALLOW_CALL(name) UNLESS_EQUAL_SKIP(__NR_##name, 1), ALLOW
/// The call when the checks that follow, `count` instructions, go through; CHECKED_CALL_END ends them.
#define CHECKED_CALL(name, count) UNLESS_EQUAL_SKIP(__NR_##name, (count) + 1)
#define CHECKED_CALL_END ALLOW

static const struct sock_filter instructions[] = {
    LOAD(FIELD(arch)),
    REQUIRE(ARCHITECTURE),
    LOAD(FIELD(nr)),
#ifdef FIRST_FOREIGN_NUMBER
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN_NUMBER, 0, 1),
    KILL,
#endif
    // The pipes: reads from one, writes to the other.
    CHECKED_CALL(read, 3), REQUIRE_ARGUMENT(0, 0), CHECKED_CALL_END,
    CHECKED_CALL(write, 3), REQUIRE_ARGUMENT(0, 1), CHECKED_CALL_END,
    // Its processor time. The time of day is answered without a system call, and the engine does not ask for it.
    CHECKED_CALL(clock_gettime, 3), REQUIRE_ARGUMENT(0, CLOCK_PROCESS_CPUTIME_ID), CHECKED_CALL_END,
    // Memory: private, anonymous, never executable.
    ALLOW_CALL(brk),
    ALLOW_CALL(munmap),
    CHECKED_CALL(mmap, 17),
    REQUIRE_WITHOUT(2, PROT_READ | PROT_WRITE, 0), REQUIRE_SMALL(2),
    REQUIRE_WITHOUT(3, MAP_NORESERVE, MAP_PRIVATE | MAP_ANONYMOUS), REQUIRE_SMALL(3),
    REQUIRE_ARGUMENT(4, -1),
    CHECKED_CALL_END,
    CHECKED_CALL(mremap, 6), REQUIRE_ARGUMENT(3, MREMAP_MAYMOVE), REQUIRE_SMALL(3), CHECKED_CALL_END,
    CHECKED_CALL(madvise, 3), REQUIRE_ARGUMENT(2, MADV_DONTNEED), CHECKED_CALL_END,
    // What runs once in a process (pthread_once) wakes those who wait, of whom there are none.
    CHECKED_CALL(futex, 4), REQUIRE_WITHOUT(1, FUTEX_PRIVATE_FLAG, FUTEX_WAKE), CHECKED_CALL_END,
    ALLOW_CALL(exit_group),
    KILL,
};

const char *sandbox_filter_apply(void) {
  struct sock_fprog program = {sizeof instructions / sizeof *instructions, (struct sock_filter *)instructions};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0) return NULL;
  // Kernels before 4.14 do not know all of that; the child has one thread anyway.
  if (errno == ENOSYS || errno == EINVAL) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0) return NULL;
  }
  return "the seccomp filter could not be installed";
}
