// The C library that serves HTTP to AgentCore: https://www.gnu.org/software/libmicrohttpd/
//
// Most of it is called from Swift as it is. What takes variable arguments, which Swift cannot pass, is here; and what an agent's process needs of the
// C library that Swift's module of it lacks.
#pragma once
#include <microhttpd.h>
#include <stdint.h>

/// What a server is started with.
struct agent_http_settings {
  /// A socket that listens already; the server closes it.
  int listening_socket;
  /// Connections at a time; another one waits until one of them ends.
  unsigned int connection_limit;
  /// Seconds without a byte in either direction after which a connection is closed.
  unsigned int idle_seconds;
  /// Bytes for the head of a request, and for what is read of its body at a time.
  size_t connection_memory;
  /// Gets `context`, like the other three.
  MHD_AccessHandlerCallback serve;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection_changed;
  /// Gets what the library has to say of its errors, one line without a line feed.
  void (*log)(void *context, const char *message);
  void *context;
};

/// Starts a server with one thread of its own, on which it calls back; NULL when that cannot be done.
struct MHD_Daemon *agent_http_start(const struct agent_http_settings *settings);

/// The socket of a connection; -1 when it is not known.
int agent_http_socket(struct MHD_Connection *connection);

/// Lets all threads of the process allocate from so many heaps, where the C library can be told; to be called before there is a second thread.
void agent_limit_heaps(int count);
