// A sandbox's child that does what none may do: the first argument says what. It is what a module would be that has taken over its process.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void write_all(const void *bytes, size_t count) {
  const char *next = bytes;
  while (count) {
    ssize_t written = write(1, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(9);
    next += written;
    count -= (size_t)written;
  }
}

static void header(char kind, uint32_t id, uint32_t length) {
  unsigned char bytes[9] = {length, length >> 8, length >> 16, length >> 24, (unsigned char)kind, id, id >> 8, id >> 16, id >> 24};
  write_all(bytes, sizeof bytes);
}

static void frame_of(char kind, uint32_t id, const void *payload, size_t length) {
  header(kind, id, (uint32_t)length);
  write_all(payload, length);
}

static void frame(char kind, uint32_t id, const char *payload) { frame_of(kind, id, payload, strlen(payload)); }

static void locked(void) { frame('L', 0, "{\"held\":[],\"missing\":[]}"); }
static void call(uint32_t id) { frame('C', id, "{\"function\":\"callTool\",\"name\":\"echo\",\"input\":{}}"); }
static void result(const char *json) { frame('R', 0, json); }

static void read_all(void *bytes, size_t count) {
  char *next = bytes;
  while (count) {
    ssize_t got = read(0, next, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(8);
    next += got;
    count -= (size_t)got;
  }
}

// The payload of the next frame of one of the kinds, with a zero behind it.
static char *expect(const char *kinds, uint32_t *length) {
  while (1) {
    unsigned char bytes[9];
    read_all(bytes, sizeof bytes);
    uint32_t count = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    char *payload = malloc(count + 1);
    read_all(payload, count);
    payload[count] = 0;
    if (strchr(kinds, bytes[4])) {
      if (length) *length = count;
      return payload;
    }
    free(payload);
  }
}

static void sleep_for_ever(void) {
  while (1) pause();
}

// Ends when nobody has the pipe's other end any more.
static void hold_the_pipe(void) {
  struct pollfd wait = {.fd = 1, .events = 0};
  while (poll(&wait, 1, -1) < 0 || !(wait.revents & (POLLERR | POLLHUP))) {}
  _exit(0);
}

static void nested(char kind, uint32_t id, const char *before, const char *after) {
  enum { depth = 100000 };
  size_t count = strlen(before) + 2 * depth + strlen(after);
  char *text = malloc(count + 1), *end = stpcpy(text, before);
  memset(end, '[', depth);
  memset(end + depth, ']', depth);
  strcpy(end + 2 * depth, after);
  frame_of(kind, id, text, count);
  free(text);
}

// What the process was given, as a result.
static void tell(int argc) {
  extern char **environ;
  int variables = 0;
  while (environ && environ[variables]) variables++;
  char text[4096];
  int used = snprintf(text, sizeof text, "{\"arguments\":%d,\"variables\":%d,\"descriptors\":[", argc, variables);
  const char *comma = "";
  // The folder itself takes a number, which is not counted.
  DIR *folder = opendir("/proc/self/fd");
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(folder)) continue;
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%s", comma, entry->d_name);
    comma = ",";
  }
  sigset_t blocked;
  sigprocmask(SIG_BLOCK, NULL, &blocked);
  int held = 0, ignored = 0;
  for (int number = 1; number < 32; number++) {
    struct sigaction action;
    if (sigismember(&blocked, number) == 1) held++;
    if (!sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN) ignored++;
  }
  snprintf(
    text + used, sizeof text - (size_t)used, "],\"blocked\":%d,\"ignored\":%d,\"leadsGroup\":%s}", held, ignored,
    getpgrp() == getpid() ? "true" : "false");
  result(text);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  // Some never end: not without the test that started them either.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#define IF(name) if (!strcmp(what, name))
  // Before it is locked.
  IF("end-at-once") return 0;
  IF("end-with-status") return 3;
  IF("call-before-locked") call(1);
  IF("result-before-locked") result("1");
  IF("locks-unknown") frame('L', 0, "{\"held\":[\"chains\"],\"missing\":[]}");
  IF("locks-twice") frame('L', 0, "{\"held\":[\"dumpable\",\"dumpable\"],\"missing\":[]}");
  IF("locks-both") frame('L', 0, "{\"held\":[\"dumpable\"],\"missing\":[{\"lock\":\"dumpable\",\"reason\":\"no\"}]}");
  IF("locks-lie") frame('L', 0, "{\"held\":[\"environment\",\"descriptors\",\"resources\",\"privileges\",\"dumpable\",\"system_calls\"],\"missing\":[]}");
  IF("locks-lie") result("1");
  IF("locks-no-json") frame('L', 0, "locked");
  IF("locks-huge") header('L', 0, 1 << 30);
  IF("sleep-unlocked") sleep_for_ever();
  if (!strncmp(what, "locks-", 6) || strstr(what, "before-locked")) sleep_for_ever();

  locked();
  // Frames.
  IF("tell") tell(argc);
  IF("unknown-kind") frame('Z', 0, "{}");
  IF("parents-kind") frame('A', 1, "1");
  IF("locked-again") locked();
  IF("length-of-call") header('C', 1, 0xFFFFFFFF);
  IF("length-of-result") header('R', 0, 0xFFFFFFFF);
  IF("length-of-log") header('G', 0, 0x80000000);
  IF("length-of-failure") header('F', 0, 0x7FFFFFFF);
  IF("id-skipped") call(2);
  IF("id-zero") call(0);
  IF("id-repeated") call(1), call(1);
  IF("id-of-result") frame('R', 7, "1");
  IF("call-after-result") result("1"), call(1);
  IF("result-twice") result("1"), result("2");
  IF("call-no-json") frame('C', 1, "{\"function\":");
  IF("call-no-function") frame('C', 1, "{\"function\":\"exec\",\"name\":\"sh\",\"input\":{}}");
  IF("call-no-name") frame('C', 1, "{\"function\":\"callTool\",\"input\":{}}");
  IF("call-no-input") frame('C', 1, "{\"function\":\"callTool\",\"name\":\"echo\"}");
  IF("call-more") frame('C', 1, "{\"function\":\"now\",\"as\":\"root\"}");
  IF("call-no-utf8") frame('C', 1, "{\"function\":\"callTool\",\"name\":\"echo\",\"input\":\"\xC3\x28\"}");
  IF("call-half-pair") frame('C', 1, "{\"function\":\"callTool\",\"name\":\"echo\",\"input\":\"\\ud800\"}"), result(expect("AX", NULL));
  IF("call-nested") nested('C', 1, "{\"function\":\"callTool\",\"name\":\"echo\",\"input\":", "}"), result(expect("AX", NULL));
  IF("call-not-granted") frame('C', 1, "{\"function\":\"callTool\",\"name\":\"rm\",\"input\":{}}"), result(expect("AX", NULL));
  IF("converse-not-granted") frame('C', 1, "{\"function\":\"converse\",\"input\":{}}"), result(expect("AX", NULL));
  IF("now-not-granted") frame('C', 1, "{\"function\":\"now\"}"), result(expect("AX", NULL));
  IF("log-not-granted") frame('G', 0, "{\"level\":\"info\",\"message\":\"psst\"}");
  IF("log-level") frame('G', 0, "{\"level\":\"\\u001b[31m\",\"message\":\"red\"}");
  IF("log-no-json") frame('G', 0, "hello");
  IF("result-no-json") result("hello");
  IF("result-no-utf8") result("\"\xFF\"");
  IF("result-nested") nested('R', 0, "", "");
  IF("result-two-values") result("1 2");
  IF("failure-of-parent") frame('F', 0, "{\"code\":\"deadline_exceeded\",\"message\":\"\"}");
  IF("failure-no-json") frame('F', 0, "oops");
  // Floods, without a look at the answers.
  IF("flood-of-calls") for (uint32_t id = 1;; id++) call(id);
  IF("flood-of-logs") while (1) frame('G', 0, "{\"level\":\"info\",\"message\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
  IF("flood-of-now") for (uint32_t id = 1;; id++) frame('C', id, "{\"function\":\"now\"}");
  IF("unread-answers") for (uint32_t id = 1; id <= 20; id++) call(id);
  IF("unread-answers") sleep_for_ever();
  // Ends.
  IF("half-a-frame") header('R', 0, 100), write_all("{", 1), _exit(0);
  IF("close-and-stay") header('R', 0, 100), close(1), sleep_for_ever();
  IF("close-and-end") close(1), _exit(0);
  IF("deaf") close(0), result("\"deaf\"");
  IF("deaf-then-call") close(0), call(1), sleep_for_ever();
  IF("stay-after-result") result("\"done\""), sleep_for_ever();
  IF("sleep") sleep_for_ever();
  IF("spin") while (1) {}
  IF("ignore-signals") {
    for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
    while (1) {}
  }
  if (!strncmp(what, "signal-", 7)) {
    // Swift's runtime, which is linked to this as to all executables, would print a backtrace first.
    struct sigaction action;
    if (!sigaction(atoi(what + 7), NULL, &action) && action.sa_handler != SIG_IGN) signal(atoi(what + 7), SIG_DFL);
    raise(atoi(what + 7));
  }
  IF("grandchild") {
    if (!fork()) sleep_for_ever();
    _exit(0);
  }
  IF("grandchild-elsewhere") {
    if (!fork()) setsid(), hold_the_pipe();
    _exit(0);
  }
  // What children that end as they should do: an answer, and a result that holds it.
  IF("echo") call(1), result(expect("A", NULL));
  sleep_for_ever();
}
