/*
 * Measures a program that calls DynamoDB's GetItem, one call after the other, for ever: stands in for DynamoDB on loopback, with or without
 * TLS, starts the program, answers every request with the same item, and prints one JSON object with what it took.
 *
 *   aws_endpoint [OPTION...] -- PROGRAM [ARGUMENT...]
 *     -n COUNT   calls that are measured (0: only the start)
 *     -w COUNT   calls before them, to warm up
 *     -c CPU     pins this program and the measured one to one processor
 *     -p FILE    TLS: this program's certificates and its key, PEM
 *     -r FOLDER  where some of the requests are written as they came, the first among them
 *     -t SECONDS gives up after this time (60)
 *     -v         lets the measured program write to the terminal
 *
 *   start_ms        fork to the first whole request, read and decrypted
 *   client_us       answer written to the next whole request read: the program's own share of a call
 *   per_second      measured calls over the time that they took
 *   cpu_us          processor time of the program for a call, all threads
 *   peak_kb         its largest resident set
 *   connections     how many connections it made
 *   requests        how many requests were written to FOLDER
 *
 * The program finds the address in AWS_ENDPOINT_URL_DYNAMODB, and in AWS_LAMBDA_RUNTIME_API: the C program that is the floor of the Lambda
 * runtime's benchmark is started and measured in the same way. Nothing is verified here, so that nothing but the program takes time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_CONNECTIONS 64
#define REQUESTS_WRITTEN 8

typedef struct {
  int descriptor;
  SSL *tls;
  bool is_ready;
  char *bytes;
  size_t count, capacity;
} Connection;

typedef struct {
  long measured, warm_up;
  int processor, timeout_seconds;
  const char *key_file, *request_folder;
  bool verbose;
  char **program;
} Options;

static Options options = {.processor = -1, .timeout_seconds = 60};
static SSL_CTX *tls_context;
static Connection connections[MOST_CONNECTIONS];
static int connection_count;
static long connections_made;

static char answer[4096];
static size_t answer_count;

static pid_t child;
static double started_at, first_at = -1, start_cpu;
static long start_peak_kb;
static long received, requests_written;
static double answered_at, measuring_since, measured_until, cpu_before, cpu_after;
static double *client_times;

static const char item[] =
    "{\"Item\":{\"pk\":{\"S\":\"user#0001\"},\"sk\":{\"S\":\"profile\"},\"name\":{\"S\":\"Ada Lovelace\"},\"age\":{\"N\":\"36\"},"
    "\"active\":{\"BOOL\":true},\"tags\":{\"SS\":[\"a\",\"b\",\"c\"]},\"address\":{\"M\":{\"street\":{\"S\":\"12 St James's Sq\"},"
    "\"zip\":{\"S\":\"SW1Y\"},\"geo\":{\"L\":[{\"N\":\"51.507\"},{\"N\":\"-0.134\"}]}}},\"note\":{\"S\":\"line\\nbreak \\u00fc\"},"
    "\"updated\":{\"N\":\"1764000000\"}}}";

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "aws_endpoint: %s: %s\n", what, strerror(errno));
  if (child > 0) kill(child, SIGKILL);
  exit(1);
}

static _Noreturn void fail_tls(const char *what) {
  fprintf(stderr, "aws_endpoint: %s\n", what);
  ERR_print_errors_fp(stderr);
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

/* The checksum that DynamoDB sends: reflected polynomial EDB88320. */
static uint32_t crc32_of(const char *bytes, size_t count) {
  uint32_t value = ~0u;
  for (size_t index = 0; index < count; index++) {
    value ^= (unsigned char)bytes[index];
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
  }
  return ~value;
}

/* What DynamoDB answers, field by field. */
static void make_answer(void) {
  time_t time_now = time(NULL);
  char date[64];
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&time_now));
  answer_count = snprintf(answer, sizeof answer,
      "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: %s\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n"
      "Connection: keep-alive\r\nx-amzn-RequestId: VVMQ1K0T7FBGD5V0Q0JBNQ4P7JVV4KQNSO5AEMVJF66Q9ASUAAJG\r\nx-amz-crc32: %u\r\n\r\n%s",
      date, sizeof item - 1, crc32_of(item, sizeof item - 1), item);
}

static void send_answer(Connection *connection) {
  if (connection->tls) {
    if (SSL_write(connection->tls, answer, answer_count) <= 0) fail_tls("the answer could not be written");
  } else {
    /* One answer always fits the socket's buffer. A closed connection shows when it is read. */
    (void)!send(connection->descriptor, answer, answer_count, MSG_NOSIGNAL);
  }
}

static void write_request(const char *bytes, size_t count) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%06ld.http", options.request_folder, received);
  FILE *file = fopen(path, "w");
  if (!file || fwrite(bytes, 1, count, file) != count || fclose(file)) fail(path);
  requests_written++;
}

static void note_request(const char *bytes, size_t count, double time) {
  if (received == 0) {
    first_at = time;
    start_cpu = child_cpu();
    start_peak_kb = child_peak_kb();
  } else if (received > options.warm_up) {
    client_times[received - options.warm_up - 1] = time - answered_at;
  }
  if (received == options.warm_up) {
    cpu_before = child_cpu();
    measuring_since = time;
  }
  if (received == options.warm_up + options.measured) {
    cpu_after = child_cpu();
    measured_until = time;
  }
  long distance = (options.warm_up + options.measured) / REQUESTS_WRITTEN;
  if (options.request_folder && (received == 0 || (distance && received % distance == 0))) write_request(bytes, count);
  received++;
}

/* Answers the request at the beginning of the buffer; returns its length, or 0 while it has not come whole. */
static size_t serve(Connection *connection) {
  char *head = connection->bytes, *head_end = memmem(head, connection->count, "\r\n\r\n", 4);
  if (!head_end) return 0;
  *head_end = 0;
  char *length = strcasestr(head, "\r\ncontent-length:");
  *head_end = '\r';
  size_t count = head_end + 4 - head + (length ? strtoul(length + 17, NULL, 10) : 0);
  if (connection->count < count) return 0;
  note_request(head, count, now());
  answered_at = now();
  send_answer(connection);
  return count;
}

/* Bytes that have come; 0 for none at present, -1 for the end. */
static ssize_t receive(Connection *connection, char *bytes, size_t count) {
  if (!connection->tls) {
    ssize_t received_now = recv(connection->descriptor, bytes, count, MSG_DONTWAIT);
    if (received_now < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    return received_now == 0 ? -1 : received_now;
  }
  ERR_clear_error();
  int result = connection->is_ready ? SSL_read(connection->tls, bytes, count) : SSL_accept(connection->tls);
  if (result > 0 && connection->is_ready) return result;
  if (result > 0) {
    connection->is_ready = true;
    return receive(connection, bytes, count);
  }
  int error = SSL_get_error(connection->tls, result);
  if (error == SSL_ERROR_WANT_READ) return 0;
  if (options.verbose && error == SSL_ERROR_SSL) ERR_print_errors_fp(stderr);
  return -1;
}

/* Reads what has come and serves it; false when the connection has ended. */
static bool read_from(Connection *connection) {
  for (;;) {
    if (connection->capacity - connection->count < 16384) {
      connection->capacity = connection->capacity * 2 + 65536;
      connection->bytes = realloc(connection->bytes, connection->capacity);
      if (!connection->bytes) fail("memory");
    }
    ssize_t count = receive(connection, connection->bytes + connection->count, connection->capacity - connection->count);
    if (count <= 0) return count == 0;
    connection->count += count;
    size_t used;
    while (connection->count && (used = serve(connection))) {
      memmove(connection->bytes, connection->bytes + used, connection->count - used);
      connection->count -= used;
    }
  }
}

static void accept_from(int listener) {
  int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
  if (descriptor < 0) return;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Connection *connection = &connections[connection_count++];
  *connection = (Connection){.descriptor = descriptor};
  connections_made++;
  if (!tls_context) return;
  connection->tls = SSL_new(tls_context);
  if (!connection->tls || !SSL_set_fd(connection->tls, descriptor)) fail_tls("no TLS connection");
}

static void drop(int index) {
  SSL_free(connections[index].tls);
  close(connections[index].descriptor);
  free(connections[index].bytes);
  connections[index] = connections[--connection_count];
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
  char url[64];
  snprintf(url, sizeof url, "%s://%s", tls_context ? "https" : "http", authority);
  setenv("AWS_ENDPOINT_URL_DYNAMODB", url, 1);
  setenv("AWS_LAMBDA_RUNTIME_API", authority, 1);
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

/* Whether every call to be measured has been answered. */
static bool is_done(void) { return received > options.warm_up + options.measured; }

static void run(int listener) {
  while (!is_done()) {
    if (now() - started_at > options.timeout_seconds) {
      fprintf(stderr, "aws_endpoint: %s took more than %d s\n", options.program[0], options.timeout_seconds);
      break;
    }
    struct pollfd waiting[MOST_CONNECTIONS + 1] = {{.fd = listener, .events = POLLIN}};
    int count = connection_count;
    for (int i = 0; i < count; i++) waiting[i + 1] = (struct pollfd){.fd = connections[i].descriptor, .events = POLLIN};
    if (poll(waiting, count + 1, 200) == 0) {
      int status;
      if (waitpid(child, &status, WNOHANG) != child) continue;
      fprintf(stderr, "aws_endpoint: %s ended early, status 0x%x\n", options.program[0], status);
      child = 0;
      break;
    }
    for (int i = count - 1; i >= 0; i--)
      if (waiting[i + 1].revents && !read_from(&connections[i])) drop(i);
    if (waiting[0].revents && connection_count < MOST_CONNECTIONS) accept_from(listener);
  }
}

/* ---- results ---- */

static int ascending(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double percentile(double share) { return client_times[(long)(share * (options.measured - 1) + 0.5)] * 1e6; }

static void print_results(void) {
  qsort(client_times, options.measured, sizeof *client_times, ascending);
  printf("{\"start_ms\":%.3f,\"start_cpu_ms\":%.3f,\"start_peak_kb\":%ld,", (first_at - started_at) * 1e3, start_cpu * 1e3, start_peak_kb);
  if (options.measured)
    printf("\"calls\":%ld,\"client_us_p50\":%.1f,\"client_us_p99\":%.1f,\"per_second\":%.1f,\"cpu_us\":%.1f,\"peak_kb\":%ld,",
        options.measured, percentile(.5), percentile(.99), options.measured / (measured_until - measuring_since),
        (cpu_after - cpu_before) * 1e6 / options.measured, child_peak_kb());
  printf("\"connections\":%ld,\"requests\":%ld}\n", connections_made, requests_written);
}

static void read_options(int count, char **arguments) {
  int option;
  while ((option = getopt(count, arguments, "+n:w:c:p:r:t:v")) != -1) switch (option) {
      case 'n': options.measured = atol(optarg); break;
      case 'w': options.warm_up = atol(optarg); break;
      case 'c': options.processor = atoi(optarg); break;
      case 'p': options.key_file = optarg; break;
      case 'r': options.request_folder = optarg; break;
      case 't': options.timeout_seconds = atoi(optarg); break;
      case 'v': options.verbose = true; break;
      default: exit(2);
    }
  options.program = arguments + optind;
  if (optind >= count || options.measured < 0 || options.warm_up < 0) {
    fprintf(stderr,
        "usage: aws_endpoint [-n COUNT] [-w COUNT] [-c CPU] [-p FILE] [-r FOLDER] [-t SECONDS] [-v] -- PROGRAM ...\n");
    exit(2);
  }
  if (options.measured == 0) options.warm_up = 0;
}

/* One handshake with itself, since AWS's servers are not at their first either. */
static void shake_hands(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL *client = context ? SSL_new(context) : NULL, *server = SSL_new(tls_context);
  BIO *client_end, *server_end;
  if (!client || !server || !BIO_new_bio_pair(&client_end, 0, &server_end, 0)) fail_tls("no TLS connection");
  SSL_set_bio(client, client_end, client_end);
  SSL_set_bio(server, server_end, server_end);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  for (int step = 0; step < 8; step++) {
    SSL_do_handshake(client);
    SSL_do_handshake(server);
  }
  if (!SSL_is_init_finished(client) || !SSL_is_init_finished(server)) fail_tls("the certificates do not serve for TLS");
  SSL_free(client);
  SSL_free(server);
  SSL_CTX_free(context);
}

static void prepare_tls(void) {
  tls_context = SSL_CTX_new(TLS_server_method());
  if (!tls_context || SSL_CTX_use_certificate_chain_file(tls_context, options.key_file) != 1
      || SSL_CTX_use_PrivateKey_file(tls_context, options.key_file, SSL_FILETYPE_PEM) != 1)
    fail_tls(options.key_file);
  shake_hands();
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  make_answer();
  if (options.key_file) prepare_tls();
  client_times = allocate(options.measured * sizeof *client_times);
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
  bool done = is_done();
  if (done) print_results();
  if (child > 0) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  return done ? 0 : 1;
}
