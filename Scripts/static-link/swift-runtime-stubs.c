// Stands in for the parts of the Swift runtime that a Lambda function pays for at every start and never uses. trim-swift-runtime.sh takes
// the members of libswiftCore.a that it replaces out of a copy of the archive; the linker says so when a symbol is missing here.
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

// --- Backtrace.cpp, CrashHandlerLinux.cpp: at each start they look in eight places for a program that prints backtraces, and ask whether
// the outputs are terminals. That program is not there on Lambda; a crash is LambdaRuntime's CrashReporter's to report.

// All zero is "off", for the message of a failed check to be printed as without a backtracer. The runtime reads 88 bytes of it.
__attribute__((visibility("hidden"))) unsigned char _swift_backtraceSettings[256];

int _swift_backtrace_isThunkFunction(const char *name) {
  (void)name;
  return 0;
}

// --- CommandLine.cpp: reads /proc/self/maps for the place of the arguments, which the C library hands to every initializer anyway.

static char *no_arguments[1];
static char **arguments = no_arguments;
static int argument_count;

static void keep_arguments(int count, char **values, char **environment) {
  (void)environment;
  argument_count = count;
  arguments = values;
}

__attribute__((section(".init_array"), used)) static void (*const keeper)(int, char **, char **) = keep_arguments;

char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
  *count = argument_count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count) {
  arguments = values;
  argument_count = count;
}

// --- sysconf, linked with --wrap=sysconf: libdispatch asks for the number of processors at each start, twice, and glibc
// reads a file of /sys each time. The processors that the process may run on are the better answer, and one system call.

long __real_sysconf(int name);

long __wrap_sysconf(int name) {
  cpu_set_t processors;
  if ((name == _SC_NPROCESSORS_CONF || name == _SC_NPROCESSORS_ONLN) && sched_getaffinity(0, sizeof processors, &processors) == 0)
    return CPU_COUNT(&processors);
  return __real_sysconf(name);
}
