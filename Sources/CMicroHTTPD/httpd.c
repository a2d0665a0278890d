#include "CMicroHTTPD.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The context and the function of the log; the library wants one pointer for both. As long as the process: a log line may come while the
// server ends.
struct log_target {
  void (*log)(void *context, const char *message);
  void *context;
};

static void log_message(void *target_, const char *format, va_list arguments) {
  const struct log_target *target = target_;
  char message[512];
  int length = vsnprintf(message, sizeof message, format, arguments);
  if (length < 0) return;
  size_t end = (size_t)length < sizeof message ? (size_t)length : sizeof message - 1;
  while (end && (message[end - 1] == '\n' || message[end - 1] == ' ')) end--;
  message[end] = 0;
  target->log(target->context, message);
}

struct MHD_Daemon *agent_http_start(const struct agent_http_settings *settings) {
  struct log_target *target = malloc(sizeof *target);
  if (!target) return NULL;
  *target = (struct log_target){settings->log, settings->context};
  struct MHD_Daemon *daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
      // The port is the socket's.
      0, NULL, NULL, settings->serve, settings->context,
      // First, so that it gets what the others complain of.
      MHD_OPTION_EXTERNAL_LOGGER, log_message, target,
      MHD_OPTION_LISTEN_SOCKET, settings->listening_socket,
      MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
      MHD_OPTION_CONNECTION_TIMEOUT, settings->idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connection_memory,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_NOTIFY_COMPLETED, settings->completed, settings->context,
      MHD_OPTION_NOTIFY_CONNECTION, settings->connection_changed, settings->context,
      MHD_OPTION_END);
  if (!daemon) free(target);
  return daemon;
}

int agent_http_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

void agent_limit_heaps(int count) {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, count);
#else
  (void)count;
#endif
}
