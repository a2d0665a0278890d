/*
 * The least that a Lambda function can be: one socket, bytes copied from the event to the response, no parsing beyond HTTP's framing.
 * Its figures are the floor of the harness: what is left is the kernel's and the emulator's time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char buffer[8 << 20];

/* Reads one response into the buffer; returns its body. */
static char *read_response(int descriptor, size_t *body_count) {
  size_t count = 0;
  char *body = NULL;
  *body_count = 0;
  while (!body || count < (size_t)(body - buffer) + *body_count) {
    ssize_t received = recv(descriptor, buffer + count, sizeof buffer - 1 - count, 0);
    if (received <= 0) exit(0);
    count += received;
    buffer[count] = 0;
    char *end = body ? NULL : strstr(buffer, "\r\n\r\n");
    if (end) {
      char *length = strcasestr(buffer, "content-length:");
      *body_count = length ? strtoul(length + 15, NULL, 10) : 0;
      body = end + 4;
    }
  }
  return body;
}

static void write_request(int descriptor, char *head, size_t head_count, char *body, size_t body_count) {
  size_t sent = 0, total = head_count + body_count;
  while (sent < total) {
    size_t of_head = sent < head_count ? sent : head_count;
    struct iovec parts[2] = {
        {head + of_head, head_count - of_head}, {body + (sent - of_head), body_count - (sent - of_head)}};
    ssize_t written = writev(descriptor, parts, 2);
    if (written <= 0) exit(0);
    sent += written;
  }
}

int main(void) {
  char *authority = getenv("AWS_LAMBDA_RUNTIME_API"), address[64];
  char *colon = authority ? strchr(authority, ':') : NULL;
  if (!colon || colon - authority >= (long)sizeof address) return 1;
  memcpy(address, authority, colon - authority);
  address[colon - authority] = 0;

  int descriptor = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1))};
  if (inet_pton(AF_INET, address, &name.sin_addr) != 1 || connect(descriptor, (struct sockaddr *)&name, sizeof name)) return 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  for (;;) {
    char head[512], id[64];
    size_t body_count;
    int count = snprintf(head, sizeof head, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", authority);
    write_request(descriptor, head, count, NULL, 0);
    char *body = read_response(descriptor, &body_count);
    char *request = strcasestr(buffer, "lambda-runtime-aws-request-id:");
    if (!request || sscanf(request + 30, " %63s", id) != 1) return 1;
    count = snprintf(head, sizeof head, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n\r\n",
        id, authority, body_count);
    write_request(descriptor, head, count, body, body_count);
    read_response(descriptor, &body_count);
  }
}
