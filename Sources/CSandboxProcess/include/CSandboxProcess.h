// What the sandbox's parent needs of the system and Swift cannot call: functions with a variable number of arguments, and those that glibc
// only shows with _GNU_SOURCE.
#pragma once

#include <stdbool.h>

struct sandbox_process {
  int identifier;
  // This process's ends of the pipes; neither blocks.
  int to_child;
  int from_child;
  // Readable when the process has ended; -1 where the system has no such descriptors.
  int end;
};

// How a process ended, and what it took.
struct sandbox_end {
  // As waitpid(2) has it.
  int status;
  long long cpu_microseconds;
  // The most that was resident, or the most that its parent's memory was when it was started, whichever is more.
  long long peak_bytes;
};

// Starts a program with an empty environment, in a process group of its own, with every signal as it is by default, and with no file
// descriptors but two pipes, as standard input and standard output. A path of NULL is the executable that runs now.
// Returns 0 or an error number; then there is no process and no descriptor.
int sandbox_process_start(const char *path, char *const arguments[], struct sandbox_process *process);

// Ends the process and its group. Only before it is reaped: until then, nothing else has its number.
void sandbox_process_kill(struct sandbox_process process);

// Reaps the process, and ends what is left of its group before. Returns 1 when it has ended, 0 when it has not (only with `is_patient` false), -1 when nothing is known of it any more:
// something else has reaped it, or SIGCHLD is ignored.
int sandbox_process_reap(struct sandbox_process process, bool is_patient, struct sandbox_end *end);

// The processor time of a process that is not reaped, in nanoseconds; -1 when it cannot be told.
long long sandbox_process_cpu_nanoseconds(struct sandbox_process process);

// Closes this process's memory, environment and descriptors to other processes of its user. Returns whether they are.
bool sandbox_make_undumpable(void);

// What is freed goes back to the system: the C library would keep it, in an arena for each thread, of which each run has one, and more of it
// the larger the frames were that came from children, up to 64 MiB at a time.
void sandbox_give_memory_back(void);

// A descriptor that threads wake a poll with; -1 and errno on failure.
int sandbox_wake_create(void);
void sandbox_wake(int descriptor);
void sandbox_wake_clear(int descriptor);

// Blocks every signal that can be blocked, for the calling thread, and names it.
void sandbox_thread_prepare(const char *name);

// What the kernel tells of a process to everyone; each is -1 where it does not.
struct sandbox_status {
  // Whether it waits for something.
  int is_sleeping;
  // 2 is a filter.
  int seccomp_mode;
  int has_no_new_privileges;
  // The most that was resident.
  long long peak_bytes;
};

// Returns false where the process has ended, or there is no /proc.
bool sandbox_process_status(struct sandbox_process process, struct sandbox_status *status);

// These neither block nor are interrupted; -1 and errno on failure, 0 at the end of the pipe.
long sandbox_read(int descriptor, void *bytes, unsigned long count);
long sandbox_write(int descriptor, const void *bytes, unsigned long count);
void sandbox_close(int descriptor);

// How many bytes are in a pipe, by either end; -1 when it cannot be told.
int sandbox_pipe_bytes(int descriptor);

// The most memory that this process has held, in bytes.
long long sandbox_own_peak_bytes(void);
