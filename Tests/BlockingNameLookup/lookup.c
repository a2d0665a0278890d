#define _GNU_SOURCE
#include "BlockingNameLookup.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static int is_released, has_given_up, waiting;

int blocked_lookups_waiting(void) {
  pthread_mutex_lock(&lock);
  int count = waiting;
  pthread_mutex_unlock(&lock);
  return count;
}

void blocked_lookups_release(void) {
  pthread_mutex_lock(&lock);
  is_released = 1;
  pthread_cond_broadcast(&released);
  pthread_mutex_unlock(&lock);
}

int blocked_lookups_gave_up(void) {
  pthread_mutex_lock(&lock);
  int result = has_given_up;
  pthread_mutex_unlock(&lock);
  return result;
}

static int is_blocked(const char *node) {
  const char *suffix = ".blocked.test";
  size_t length = node ? strlen(node) : 0;
  return length > strlen(suffix) && strcmp(node + length - strlen(suffix), suffix) == 0;
}

// Stands before the C library's, for libcurl too: the program's own symbols are found first.
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  typedef int (*lookup)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  if (!is_blocked(node)) return ((lookup)dlsym(RTLD_NEXT, "getaddrinfo"))(node, service, hints, result);
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 20;
  pthread_mutex_lock(&lock);
  waiting++;
  while (!is_released && !has_given_up) {
    // A bound, so that what waits for a look-up against the rules fails its test and does not hang it.
    if (pthread_cond_timedwait(&released, &lock, &end) != 0) has_given_up = 1;
  }
  waiting--;
  pthread_mutex_unlock(&lock);
  return EAI_NONAME;
}
