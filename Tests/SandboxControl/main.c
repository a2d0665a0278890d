// Shows that the sandbox's lock holds: tries, by argument, what a program in the sandbox might want to do if it had taken over the engine.
//
//   SandboxControl locked|unlocked ATTEMPT [PID]
//
// Prints "worked" or "refused: ERROR". Locked, each attempt but "nothing" has to end the process by a signal or be refused; unlocked, it has
// to work, so that the attempt is known to be one. PID is the process that attempts on others are made on, this one's own without it.
#define _GNU_SOURCE
#include "attempts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CSandboxLock.h"

static void say(const char *text) {
  // Nothing else is let through after the lock.
  if (write(1, text, strlen(text)) < 0) _exit(3);
}

int main(int count, char **values) {
  if (count == 2 && strcmp(values[1], "executed") == 0) {
    say("worked\n");
    return 0;
  }
  if (count < 3) {
    say("usage: SandboxControl locked|unlocked ATTEMPT [PID]\n");
    return 2;
  }
  const struct attempt *attempt = find_attempt(values[2]);
  if (attempt == NULL) {
    say("there is no such attempt\n");
    return 2;
  }
  attempt_target = count > 3 ? (pid_t)atol(values[3]) : getpid();
  prepare_attempts();
  if (strcmp(values[1], "locked") == 0) {
    struct sandbox_lock_request request = {.cpu_milliseconds = 300, .memory_bytes = 64 << 20};
    struct sandbox_lock_state states[SANDBOX_LOCK_COUNT];
    if (sandbox_lock_apply(&request, states) != SANDBOX_LOCK_COUNT) {
      for (int kind = 0; kind < SANDBOX_LOCK_COUNT; kind++)
        if (states[kind].failed) say(states[kind].failed), say("\n");
      _exit(4);
    }
  }
  errno = 0;
  long result = attempt->run();
  if (result >= 0) {
    say("worked\n");
    _exit(0);
  }
  const char *error = strerrordesc_np(errno);
  say("refused: ");
  say(error ? error : "unknown error");
  say("\n");
  _exit(1);
}
