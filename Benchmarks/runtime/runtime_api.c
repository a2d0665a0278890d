/*
 * Measures a Lambda bootstrap from outside: stands in for the Runtime API, starts the program, hands out one event after another, and prints
 * one JSON object with what it took.
 *
 *   runtime_api [OPTION...] -- PROGRAM [ARGUMENT...]
 *     -n COUNT   invocations that are measured (0: only the start)
 *     -w COUNT   invocations before them, to warm up
 *     -e FILE    the event; {} without it
 *     -o FILE    where the first response is written
 *     -c CPU     pins this program and the measured one to one processor
 *     -t SECONDS gives up after this time (30)
 *     -v         lets the measured program write to the terminal
 *
 *   start_ms       fork to the first whole GET next
 *   round_trip_us  event written to the whole response read
 *   per_second     measured invocations over the time that they took, with everything between them
 *   cpu_us         processor time of the program for an invocation, all threads
 *   peak_kb        its largest resident set
 *   echoed         invocations whose Lambda-Runtime-Invocation-Id came back
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_CONNECTIONS 16

typedef struct {
  int descriptor;
  char *bytes;
  size_t count, capacity;
  bool said_continue;
} Connection;

typedef struct {
  long measured, warm_up;
  const char *event_file, *response_file;
  int processor, timeout_seconds;
  bool verbose;
  char **program;
} Options;

static Options options = {.processor = -1, .timeout_seconds = 30};
static Connection connections[MOST_CONNECTIONS];
static int connection_count;

static char *event_bytes;
static size_t event_count;

static pid_t child;
static double started_at, first_next_at = -1, start_cpu;
static long start_peak_kb;
static long sent, answered, echoed, failed;
static double sent_at, measuring_since, measured_until, cpu_before, cpu_after;
static double *round_trips;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "runtime_api: %s: %s\n", what, strerror(errno));
  if (child > 0) kill(child, SIGKILL);
  exit(1);
}

static void *allocate(size_t size) {
  void *memory = calloc(1, size ? size : 1);
  if (!memory) fail("memory");
  return memory;
}

static double seconds(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return -1;
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static double now(void) { return seconds(CLOCK_MONOTONIC); }

static double child_cpu(void) {
  clockid_t clock;
  return clock_getcpuclockid(child, &clock) ? -1 : seconds(clock);
}

static long child_peak_kb(void) {
  char path[64], line[256];
  long value = -1;
  snprintf(path, sizeof path, "/proc/%d/status", child);
  FILE *file = fopen(path, "r");
  if (!file) return -1;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmHWM: %ld kB", &value) == 1) break;
  fclose(file);
  return value;
}

/* ---- HTTP ---- */

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count) {
    ssize_t written = send(descriptor, bytes, count, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return; /* the reader will find the connection closed */
    bytes += written;
    count -= written;
  }
}

static void acknowledge(int descriptor, const char *status) {
  char head[256];
  int count = snprintf(head, sizeof head,
      "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n", status);
  write_all(descriptor, head, count);
}

static void send_event(int descriptor) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  size_t capacity = 1024 + event_count;
  static char *message;
  if (!message) message = allocate(capacity);
  int head = snprintf(message, capacity,
      "HTTP/1.1 200 OK\r\n"
      "Content-Type: application/json\r\n"
      "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012ld\r\n"
      "Lambda-Runtime-Invocation-Id: delivery-%012ld\r\n"
      "Lambda-Runtime-Deadline-Ms: %lld\r\n"
      "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:bench\r\n"
      "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
      "Content-Length: %zu\r\n\r\n",
      sent, sent, (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000 + 30000, event_count);
  memcpy(message + head, event_bytes, event_count);
  if (sent == options.warm_up) {
    cpu_before = child_cpu();
    measuring_since = now();
  }
  sent++;
  sent_at = now();
  write_all(descriptor, message, head + event_count);
}

/* The value of a field in a head, or NULL; its length in *length. */
static const char *field(const char *head, size_t count, const char *name, size_t *length) {
  size_t name_length = strlen(name);
  const char *line = head, *end = head + count;
  while (line < end) {
    const char *line_end = memmem(line, end - line, "\r\n", 2);
    if (!line_end) line_end = end;
    if ((size_t)(line_end - line) > name_length && !strncasecmp(line, name, name_length) && line[name_length] == ':') {
      const char *value = line + name_length + 1;
      while (value < line_end && *value == ' ') value++;
      *length = line_end - value;
      return value;
    }
    line = line_end + 2;
  }
  return NULL;
}

static void take_answer(const char *head, size_t head_count, const char *body, size_t body_count, bool is_error, double time) {
  size_t length;
  const char *delivery = field(head, head_count, "lambda-runtime-invocation-id", &length);
  if (delivery && length == 21 && !strncmp(delivery, "delivery-", 9) && atol(delivery + 9) == sent - 1) echoed++;
  if (is_error && failed++ == 0) fprintf(stderr, "runtime_api: the function failed: %.*s\n", (int)body_count, body);
  if (answered == 0 && options.response_file) {
    FILE *file = fopen(options.response_file, "w");
    if (!file || fwrite(body, 1, body_count, file) != body_count || fclose(file)) fail(options.response_file);
  }
  if (answered >= options.warm_up) round_trips[answered - options.warm_up] = time - sent_at;
  answered++;
  if (answered == options.warm_up + options.measured) {
    measured_until = time;
    cpu_after = child_cpu();
  }
}

/* Serves the request at the beginning of the buffer; returns its length, or 0 while it has not come whole. */
static size_t serve(Connection *connection) {
  const char *head = connection->bytes;
  const char *head_end = memmem(head, connection->count, "\r\n\r\n", 4);
  if (!head_end) return 0;
  size_t head_count = head_end + 4 - head, length;
  const char *value = field(head, head_count, "content-length", &length);
  size_t body_count = value ? strtoul(value, NULL, 10) : 0;
  if (connection->count < head_count + body_count) {
    if (!connection->said_continue && field(head, head_count, "expect", &length)) {
      write_all(connection->descriptor, "HTTP/1.1 100 Continue\r\n\r\n", 25);
      connection->said_continue = true;
    }
    return 0;
  }
  connection->said_continue = false;
  double time = now();
  const char *line_end = memmem(head, head_count, "\r\n", 2);
  size_t line_count = line_end - head;
  if (!strncmp(head, "GET ", 4) && memmem(head, line_count, "/runtime/invocation/next ", 25)) {
    if (first_next_at < 0) {
      first_next_at = time;
      start_cpu = child_cpu();
      start_peak_kb = child_peak_kb();
    }
    if (sent < options.warm_up + options.measured) send_event(connection->descriptor);
  } else if (!strncmp(head, "POST ", 5) && memmem(head, line_count, "/runtime/invocation/", 20)) {
    bool is_error = memmem(head, line_count, "/error ", 7) != NULL;
    take_answer(head, head_count, head + head_count, body_count, is_error, time);
    acknowledge(connection->descriptor, "202 Accepted");
  } else {
    fprintf(stderr, "runtime_api: unexpected request: %.*s\n", (int)(head_count + body_count), head);
    failed++;
    acknowledge(connection->descriptor, "404 Not Found");
  }
  return head_count + body_count;
}

/* Reads what has come and serves it; false when the connection is closed. */
static bool read_from(Connection *connection) {
  for (;;) {
    if (connection->capacity - connection->count < 65536) {
      connection->capacity = connection->capacity * 2 + (512 << 10);
      connection->bytes = realloc(connection->bytes, connection->capacity);
      if (!connection->bytes) fail("memory");
    }
    ssize_t count = recv(
        connection->descriptor, connection->bytes + connection->count, connection->capacity - connection->count, MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    if (count == 0) return false;
    connection->count += count;
    size_t used;
    while (connection->count && (used = serve(connection))) {
      memmove(connection->bytes, connection->bytes + used, connection->count - used);
      connection->count -= used;
    }
  }
}

/* ---- the measured program ---- */

static int listen_on_loopback(char *authority, size_t capacity) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, MOST_CONNECTIONS)
      || getsockname(listener, (struct sockaddr *)&address, &size))
    fail("listen");
  snprintf(authority, capacity, "127.0.0.1:%d", ntohs(address.sin_port));
  return listener;
}

static void start_program(const char *authority) {
  setenv("AWS_LAMBDA_RUNTIME_API", authority, 1);
  setenv("AWS_LAMBDA_FUNCTION_NAME", "bench", 1);
  setenv("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST", 1);
  setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512", 1);
  setenv("AWS_LAMBDA_LOG_FORMAT", "JSON", 1);
  started_at = now();
  child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return;
  if (!options.verbose) {
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    dup2(null, 2);
  }
  execvp(options.program[0], options.program);
  perror(options.program[0]);
  _exit(127);
}

static bool is_done(void) { return first_next_at >= 0 && answered >= options.warm_up + options.measured; }

static void run(int listener) {
  while (!is_done()) {
    if (now() - started_at > options.timeout_seconds) {
      fprintf(stderr, "runtime_api: %s took more than %d s\n", options.program[0], options.timeout_seconds);
      break;
    }
    struct pollfd waiting[MOST_CONNECTIONS + 1] = {{.fd = listener, .events = POLLIN}};
    int count = connection_count;
    for (int i = 0; i < count; i++) waiting[i + 1] = (struct pollfd){.fd = connections[i].descriptor, .events = POLLIN};
    if (poll(waiting, count + 1, 200) == 0) {
      int status;
      if (waitpid(child, &status, WNOHANG) != child) continue;
      fprintf(stderr, "runtime_api: %s ended early, status 0x%x\n", options.program[0], status);
      child = 0;
      break;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (!waiting[i + 1].revents || read_from(&connections[i])) continue;
      close(connections[i].descriptor);
      free(connections[i].bytes);
      connections[i] = connections[--connection_count];
    }
    if (waiting[0].revents && connection_count < MOST_CONNECTIONS) {
      int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
      if (descriptor < 0) continue;
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections[connection_count++] = (Connection){.descriptor = descriptor};
    }
  }
}

/* ---- results ---- */

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double percentile(double share) {
  return options.measured ? round_trips[(long)(share * (options.measured - 1) + 0.5)] * 1e6 : 0;
}

static void print_results(void) {
  qsort(round_trips, options.measured, sizeof *round_trips, ascending);
  printf("{\"start_ms\":%.3f,\"start_cpu_ms\":%.3f,\"start_peak_kb\":%ld,", (first_next_at - started_at) * 1e3, start_cpu * 1e3,
      start_peak_kb);
  if (options.measured)
    printf("\"event_bytes\":%zu,\"invocations\":%ld,\"round_trip_us_p50\":%.1f,\"round_trip_us_p99\":%.1f,"
           "\"per_second\":%.1f,\"cpu_us\":%.1f,\"peak_kb\":%ld,\"echoed\":%ld,",
        event_count, options.measured, percentile(.5), percentile(.99), options.measured / (measured_until - measuring_since),
        (cpu_after - cpu_before) * 1e6 / options.measured, child_peak_kb(), echoed);
  printf("\"failed\":%ld}\n", failed);
}

static void read_options(int count, char **arguments) {
  int option;
  while ((option = getopt(count, arguments, "+n:w:e:o:c:t:v")) != -1) switch (option) {
      case 'n': options.measured = atol(optarg); break;
      case 'w': options.warm_up = atol(optarg); break;
      case 'e': options.event_file = optarg; break;
      case 'o': options.response_file = optarg; break;
      case 'c': options.processor = atoi(optarg); break;
      case 't': options.timeout_seconds = atoi(optarg); break;
      case 'v': options.verbose = true; break;
      default: exit(2);
    }
  options.program = arguments + optind;
  if (optind >= count || options.measured < 0 || options.warm_up < 0) {
    fprintf(stderr, "usage: runtime_api [-n COUNT] [-w COUNT] [-e FILE] [-o FILE] [-c CPU] [-t SECONDS] [-v] -- PROGRAM ...\n");
    exit(2);
  }
  if (options.measured == 0) options.warm_up = 0;
}

static void read_event(void) {
  FILE *file = options.event_file ? fopen(options.event_file, "r") : NULL;
  if (!options.event_file) {
    event_bytes = "{}";
    event_count = 2;
    return;
  }
  if (!file || fseek(file, 0, SEEK_END)) fail(options.event_file);
  event_count = ftell(file);
  rewind(file);
  event_bytes = allocate(event_count);
  if (fread(event_bytes, 1, event_count, file) != event_count) fail(options.event_file);
  fclose(file);
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  read_event();
  round_trips = allocate(options.measured * sizeof *round_trips);
  if (options.processor >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(options.processor, &set);
    if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
  }
  setpriority(PRIO_PROCESS, 0, -15); /* only root may; without it the figures are a little less steady */
  char authority[32];
  int listener = listen_on_loopback(authority, sizeof authority);
  start_program(authority);
  run(listener);
  bool done = is_done() && failed == 0;
  if (done) print_results();
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  return done ? 0 : 1;
}
