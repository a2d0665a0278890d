// What locks the process that runs fabricated code: resource limits, no descriptors but two, no privileges, no reading of its memory by
// others, and no system calls but those that the engine needs. Whatever is locked stays locked until the process ends.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sandbox_lock_kind {
  SANDBOX_LOCK_ENVIRONMENT,
  SANDBOX_LOCK_DESCRIPTORS,
  SANDBOX_LOCK_RESOURCES,
  SANDBOX_LOCK_PRIVILEGES,
  SANDBOX_LOCK_DUMPABLE,
  SANDBOX_LOCK_SYSTEM_CALLS,
  SANDBOX_LOCK_COUNT
};

struct sandbox_lock_request {
  /// Processor time from now on after which the kernel ends the process, in milliseconds: for what never asks the time itself.
  uint64_t cpu_milliseconds;
  /// Address space beyond what the process has now, in bytes.
  uint64_t memory_bytes;
};

/// Whether one lock holds.
struct sandbox_lock_state {
  /// What could not be done, a literal; NULL when the lock holds.
  const char *failed;
  /// The system's error of it; 0 where there is none.
  int error;
};

/// Applies every lock that can be applied, one after the other, and fills one state a kind; a lock that fails does not keep the others from
/// being tried. The process must have one thread. It is ended when the thread that started it ends. Returns the number of locks that hold.
int sandbox_lock_apply(const struct sandbox_lock_request *request, struct sandbox_lock_state states[SANDBOX_LOCK_COUNT]);

/// What a system's error means, without a look at files of languages; NULL where there is no such error.
const char *sandbox_lock_error_text(int error);

/// Makes sure that the main thread's stack may grow to so many bytes, as far as the process's hard limit allows.
/// Returns how far it may grow.
uint64_t sandbox_lock_raise_stack(uint64_t bytes);

/// Processor time that the process has taken so far, in nanoseconds; it is a system call that the lock allows.
uint64_t sandbox_lock_cpu_nanoseconds(void);

#ifdef __cplusplus
}
#endif
