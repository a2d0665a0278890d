// As much of libcurl and libcrypto as the AWS client uses, without their headers: these would bring the C library's types a second
// time into every Swift module that sees this one.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What a transfer came to, by what a caller can do about it.
enum carb_outcome {
  CARB_DONE = 0,
  // The request was sent, wholly or in part, and the answer did not end in time.
  CARB_TIMED_OUT,
  // The time was over before a byte of the request was sent.
  CARB_NOT_CONNECTED_IN_TIME,
  CARB_UNTRUSTED_CERTIFICATE,
  CARB_UNREADABLE_CERTIFICATE_FILE,
  CARB_BAD_ADDRESS,
  CARB_PROXY_WANTS_PASSWORD,
  // No byte of the request was sent.
  CARB_NO_CONNECTION,
  // The request was sent, wholly or in part; the server may have acted upon it.
  CARB_LOST_CONNECTION,
  // Likewise, and not for the connection's sake: an answer that is no HTTP, for example.
  CARB_OTHER_FAILURE,
  CARB_OTHER_FAILURE_UNSENT,
};

// Takes `count` bytes; answers with that number, any other ends the transfer.
typedef size_t (*carb_sink)(char *bytes, size_t size, size_t count, void *context);

// Decides on the addresses that connections are made to.
struct carb_address_guard {
  // Whether a connection may be made to an address of 4 or 16 bytes, in the order of the network; 0 refuses it.
  int (*admits)(const uint8_t *address, size_t count, void *context);
  void *context;
};

// How a request is sent: each kind makes libcurl forget the others.
enum carb_body { CARB_WITHOUT_BODY, CARB_WITH_BODY, CARB_HEAD };

// Names the calling thread, in at most 15 bytes.
void carb_name_thread(const char *name);

// --- What wakes the thread that runs the transfers: a descriptor of its own, which outlives them and is written to by any thread.

// -1 when the process has no descriptor left. To be closed like any other.
int carb_wake_create(void);
void carb_wake(int descriptor);

// --- The set of transfers that one thread runs ("multi handle").

// NULL when libcurl or its libraries could not be started.
void *carb_multi_create(long connections_per_host);
void carb_multi_free(void *multi);
// Returns 1, or 0 when the transfer was not taken.
int carb_multi_add(void *multi, void *easy);
void carb_multi_remove(void *multi, void *easy);
void carb_multi_perform(void *multi);
// Sleeps until there is something to do, carb_wake is called, or the time is over.
void carb_multi_wait(void *multi, int wake_descriptor, int milliseconds);
// The context of a transfer that has ended, or NULL; `text` says what happened and lives for ever.
void *carb_multi_next_ended(void *multi, enum carb_outcome *outcome, const char **text);

// --- Whom connections trust: the authorities of a PEM file.

struct carb_trust;
// NULL when there is no memory. The file is read when the first connection needs it.
struct carb_trust *carb_trust_create(const char *path);
// After the handles that use it.
void carb_trust_free(struct carb_trust *trust);

// --- One transfer at a time ("easy handle"); used again for the next.

// `trust` may be NULL for libcurl's own choice. NULL when there is no memory.
void *carb_easy_create(struct carb_trust *trust, carb_sink header_line, carb_sink body);
void carb_easy_free(void *easy);
// Both copy what they are given. `context` comes back in the sinks and from carb_multi_next_ended.
void carb_easy_address(void *easy, const char *url, long timeout_ms, long connect_timeout_ms, void *context);
// The proxy, and the hosts that are reached without it; empty for none. Both are copied.
void carb_easy_proxy(void *easy, const char *proxy, const char *exceptions);
// Bytes of bodies that have gone either way so far.
int64_t carb_easy_progress(void *easy);
// With 1, the transfer gets a connection of its own: libcurl sends a request again by itself when a kept connection breaks off before
// the answer begins, and nobody would hear of it.
void carb_easy_own_connection(void *easy, int is_own);
// Asks before each new connection of the transfer; NULL for no question. A refused address counts as one that cannot be reached. The guard
// must live as long as the transfer.
void carb_easy_address_guard(void *easy, struct carb_address_guard *guard);
void carb_easy_content(void *easy, const char *method, enum carb_body kind, const uint8_t *body, size_t count);
// Frees the handle's copy of a body, after the transfer.
void carb_easy_forget_content(void *easy);
// The list must live as long as the transfer.
void carb_easy_headers(void *easy, void *list);

// Lists of header fields; NULL is the empty one. `prepend` copies name and value, and both return the list.
void *carb_list_prepend(void *list, const uint8_t *name, size_t name_count, const uint8_t *value, size_t value_count);
// Keeps libcurl from sending a field of its own accord.
void *carb_list_prepend_omission(void *list, const char *name);
void carb_list_free(void *list);

// --- Digests. Each returns 1, or 0 when libcrypto has no SHA-256 or no memory. `digest` has room for 32 bytes.

int carb_sha256(const uint8_t *data, size_t count, uint8_t *digest);
// RFC 2104 with SHA-256; the key has at most 64 bytes.
int carb_hmac_sha256(const uint8_t *key, size_t key_count, const uint8_t *data, size_t count, uint8_t *digest);
// As above for SHA-1; `digest` has room for 20 bytes.
int carb_sha1(const uint8_t *data, size_t count, uint8_t *digest);
