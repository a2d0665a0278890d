// What a program in the sandbox might try.
#pragma once
#include <sys/types.h>

struct attempt {
  const char *name;
  /// Negative, with errno, when it was refused.
  long (*run)(void);
};

/// The process that attempts on others are made on.
extern pid_t attempt_target;

/// Makes what attempts need and could not make any more when they are locked in.
void prepare_attempts(void);

/// NULL when there is none of that name.
const struct attempt *find_attempt(const char *name);
