#define _GNU_SOURCE  // pthread_setname_np, mempcpy
#include "CCurlCrypto.h"
#include "crypto.h"
#include "trust.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static pthread_once_t start_once = PTHREAD_ONCE_INIT;
static CURLcode start_result;

static void start(void) {
  carb_start_crypto();
  start_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

void carb_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void *carb_multi_create(long connections_per_host) {
  pthread_once(&start_once, start);
  CURLM *multi = start_result == CURLE_OK ? curl_multi_init() : NULL;
  if (!multi) return NULL;
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections_per_host);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections_per_host);
  return multi;
}

void carb_multi_free(void *multi) { curl_multi_cleanup(multi); }

int carb_multi_add(void *multi, void *easy) { return curl_multi_add_handle(multi, easy) == CURLM_OK; }

void carb_multi_remove(void *multi, void *easy) { curl_multi_remove_handle(multi, easy); }

void carb_multi_perform(void *multi) {
  int running;
  curl_multi_perform(multi, &running);
}

int carb_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// A full counter, the only reason to fail, wakes as well.
void carb_wake(int descriptor) { eventfd_write(descriptor, 1); }

void carb_multi_wait(void *multi, int wake_descriptor, int milliseconds) {
  struct curl_waitfd wake = {.fd = wake_descriptor, .events = CURL_WAIT_POLLIN};
  eventfd_t count;
  curl_multi_wait(multi, &wake, 1, milliseconds, NULL);
  if (wake.revents) eventfd_read(wake_descriptor, &count);
}

static enum carb_outcome outcome_of(CURLcode result, int is_sent) {
  switch (result) {
  case CURLE_OK: return CARB_DONE;
  case CURLE_OPERATION_TIMEDOUT: return is_sent ? CARB_TIMED_OUT : CARB_NOT_CONNECTED_IN_TIME;
  case CURLE_PEER_FAILED_VERIFICATION: return CARB_UNTRUSTED_CERTIFICATE;
  case CURLE_SSL_CACERT_BADFILE: return CARB_UNREADABLE_CERTIFICATE_FILE;
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL: return CARB_BAD_ADDRESS;
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_CONNECT:
  case CURLE_SSL_CONNECT_ERROR: return CARB_NO_CONNECTION;
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE:
  case CURLE_SEND_FAIL_REWIND: return is_sent ? CARB_LOST_CONNECTION : CARB_NO_CONNECTION;
  default: return is_sent ? CARB_OTHER_FAILURE : CARB_OTHER_FAILURE_UNSENT;
  }
}

void *carb_multi_next_ended(void *multi, enum carb_outcome *outcome, const char **text) {
  int left;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode result = message->data.result;
    void *context = NULL;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
    if (!context) continue;
    // Bytes of the request that have been handed to the connection; those to a proxy count, on the side of caution.
    long sent = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_REQUEST_SIZE, &sent);
    *outcome = outcome_of(result, sent > 0);
    *text = curl_easy_strerror(result);
    long proxy_status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (result != CURLE_OK && proxy_status >= 300) {
      // The tunnel was refused, so that nothing has reached the server.
      *outcome = proxy_status == 407 ? CARB_PROXY_WANTS_PASSWORD : CARB_NO_CONNECTION;
      *text = "the proxy refused the connection";
    }
    return context;
  }
  return NULL;
}

// libcurl's type for a function that prepares a connection's TLS.
static CURLcode prepare_tls(CURL *easy, void *context, void *trust) {
  (void)easy;
  return carb_trust_apply(trust, context) ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

void *carb_easy_create(struct carb_trust *trust, carb_sink header_line, carb_sink body) {
  CURL *easy = curl_easy_init();
  if (!easy) return NULL;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without this, the end of a transfer waits for its look-up of a host name, and with it every other transfer of the process.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  // HTTP/2 has failed over many requests on one connection, and AWS's endpoints all speak 1.1.
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  // The path is signed as it is: "a/../b" is a key of S3.
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  // AWS takes no older version, and no configuration file of the machine's says so here.
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (trust) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, trust);
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_line);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
  return easy;
}

void carb_easy_free(void *easy) { curl_easy_cleanup(easy); }

void carb_easy_address(void *easy, const char *url, long timeout_ms, long connect_timeout_ms, void *context) {
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

void carb_easy_proxy(void *easy, const char *proxy, const char *exceptions) {
  // Both are set even when empty, or libcurl would look into the environment.
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, exceptions);
}

int64_t carb_easy_progress(void *easy) {
  curl_off_t sent = 0, received = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
  return (int64_t)(sent + received);
}

void carb_easy_own_connection(void *easy, int is_own) {
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)is_own);
  // Nor is it kept: the next request of this kind would not use it either.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)is_own);
}

// libcurl calls it with the very address that it is about to connect to, whatever the host's name meant to anybody a moment before.
static curl_socket_t open_admitted(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  struct carb_address_guard *guard = context;
  const struct sockaddr *socket_address = &address->addr;
  int is_admitted = 0;
  if (purpose == CURLSOCKTYPE_IPCXN && address->family == AF_INET)
    is_admitted = guard->admits((const uint8_t *)&((const struct sockaddr_in *)socket_address)->sin_addr, 4, guard->context);
  else if (purpose == CURLSOCKTYPE_IPCXN && address->family == AF_INET6)
    is_admitted = guard->admits((const uint8_t *)&((const struct sockaddr_in6 *)socket_address)->sin6_addr, 16, guard->context);
  return is_admitted ? socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol) : CURL_SOCKET_BAD;
}

void carb_easy_address_guard(void *easy, struct carb_address_guard *guard) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, guard);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, guard ? open_admitted : NULL);
}

void carb_easy_content(void *easy, const char *method, enum carb_body kind, const uint8_t *body, size_t count) {
  // HTTPGET and POST each undo NOBODY, and NOBODY undoes them; the method's name stands beside them.
  switch (kind) {
  case CARB_WITHOUT_BODY: curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); break;
  case CARB_WITH_BODY:
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, count ? (const char *)body : "");
    break;
  case CARB_HEAD: curl_easy_setopt(easy, CURLOPT_NOBODY, 1L); break;
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

void carb_easy_forget_content(void *easy) {
  // Its copy of the body would stay for as long as the handle waits for its next transfer.
  curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, NULL);
}

void carb_easy_headers(void *easy, void *list) { curl_easy_setopt(easy, CURLOPT_HTTPHEADER, (struct curl_slist *)list); }

// As curl_slist_append does, at the other end, where no list has to be walked; libcurl frees both parts with free().
static void *prepend_line(void *list, const void *name, size_t name_count, const char *separator, const void *value, size_t value_count) {
  size_t separator_count = strlen(separator);
  struct curl_slist *field = malloc(sizeof *field);
  char *line = malloc(name_count + separator_count + value_count + 1);
  // Without memory the old list stays whole.
  if (!field || !line) {
    free(field);
    free(line);
    return list;
  }
  char *end = mempcpy(mempcpy(line, name, name_count), separator, separator_count);
  if (value_count) end = mempcpy(end, value, value_count);
  *end = 0;
  *field = (struct curl_slist){line, list};
  return field;
}

void *carb_list_prepend(void *list, const uint8_t *name, size_t name_count, const uint8_t *value, size_t value_count) {
  // libcurl takes "name:" as the wish to leave the field out, and "name;" as the empty field.
  return prepend_line(list, name, name_count, value_count ? ": " : ";", value, value_count);
}

void *carb_list_prepend_omission(void *list, const char *name) { return prepend_line(list, name, strlen(name), ":", NULL, 0); }

void carb_list_free(void *list) { curl_slist_free_all(list); }
