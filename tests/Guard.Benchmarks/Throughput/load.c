/* Clients on connections of their own, each with one request under way, in one thread: the generator shares the processors
   with what it measures, so it only sends prepared bytes, and looks for the end of the answer and the word that it allows.
   Usage: load SOCKET REQUEST-FILE CLIENTS WARM-UP-SECONDS SECONDS
   In the request the trace of zeroes is made new each time, and session-000 is numbered by client.
   Prints: answers per second, p50 and p99 in ms, and answers; all without those of the warm-up. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MAX_REQUEST = 64 * 1024, MAX_ANSWER = 16 * 1024, MAX_CLIENTS = 1000 };

struct client {
  int fd;
  char *request, *trace;
  int64_t sent;
  size_t filled;
  char answer[MAX_ANSWER];
};

static char request[MAX_REQUEST];
static size_t length;
static uint64_t state = 88172645463325252u;

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static void hex(char *text, uint64_t value, int digits) {
  while (digits-- > 0) {
    text[digits] = "0123456789abcdef"[value & 15];
    value >>= 4;
  }
}

/* A UUID of version 7, as a hook makes it. */
static void make_trace(char *text) {
  uint64_t ms = (uint64_t)(now(CLOCK_REALTIME) / 1000000);
  hex(text, ms >> 16, 8);
  hex(text + 9, ms & 0xffff, 4);
  hex(text + 14, 0x7000 | (next_random() & 0x0fff), 4);
  hex(text + 19, 0x8000 | (next_random() & 0x3fff), 4);
  hex(text + 24, next_random(), 12);
}

static void send_request(struct client *c) {
  make_trace(c->trace);
  c->filled = 0;
  c->sent = now(CLOCK_MONOTONIC);
  for (size_t at = 0; at < length;) {
    ssize_t n = send(c->fd, c->request + at, length - at, MSG_NOSIGNAL);
    if (n <= 0) fail("send");
    at += (size_t)n;
  }
}

/* An answer has its length in its head. */
static int is_whole(struct client *c) {
  char *end = memmem(c->answer, c->filled, "\r\n\r\n", 4);
  if (!end) return 0;
  char *stated = memmem(c->answer, (size_t)(end - c->answer), "Content-Length: ", 16);
  if (!stated || c->filled < (size_t)(end + 4 - c->answer) + strtoul(stated + 16, NULL, 10)) return 0;
  if (memcmp(c->answer, "HTTP/1.1 200", 12) != 0 ||
      (!memmem(end, c->filled - (size_t)(end - c->answer), "\"answer\":\"allow\"", 16) && memcmp(c->answer + c->filled - 6, "stored", 6) != 0)) {
    fprintf(stderr, "%.*s\n", (int)c->filled, c->answer);
    exit(1);
  }
  return 1;
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int count = atoi(argv[3]), file = open(argv[2], O_RDONLY | O_CLOEXEC), poll = epoll_create1(EPOLL_CLOEXEC);
  if (count < 1 || count > MAX_CLIENTS || file < 0) return 2;
  length = (size_t)read(file, request, sizeof request - 1);
  size_t session = (size_t)((char *)memmem(request, length, "session-000", 11) - request);
  size_t trace = (size_t)((char *)memmem(request, length, "00000000-0000-0000-0000-000000000000", 36) - request);
  if (length == 0 || session > length || trace > length) return 2;

  state ^= (uint64_t)now(CLOCK_REALTIME) ^ (uint64_t)getpid() << 32;
  struct client *clients = calloc((size_t)count, sizeof *clients);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  for (int i = 0; i < count; i++) {
    struct client *c = &clients[i];
    char number[16];
    c->request = malloc(length);
    memcpy(c->request, request, length);
    snprintf(number, sizeof number, "%03d", i);
    memcpy(c->request + session + 8, number, 3);
    c->trace = c->request + trace;
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll_ctl");
  }

  int64_t from = now(CLOCK_MONOTONIC) + (int64_t)(atof(argv[4]) * 1e9), to = from + (int64_t)(atof(argv[5]) * 1e9);
  size_t measured = 0, room = 1 << 16;
  uint32_t *times = malloc(room * sizeof *times);
  /* Each begins when the one before it has its first answer: 64 sessions never begin in the same moment. */
  int started = 1;
  send_request(&clients[0]);
  for (int active = count; active > 0;) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      struct client *c = events[i].data.ptr;
      ssize_t n = recv(c->fd, c->answer + c->filled, sizeof c->answer - c->filled, 0);
      if (n <= 0) fail("The connection was closed");
      c->filled += (size_t)n;
      if (!is_whole(c)) continue;
      int64_t at = now(CLOCK_MONOTONIC);
      if (c == &clients[started - 1] && started < count) send_request(&clients[started++]);
      if (at >= from && at < to) {
        if (measured == room) times = realloc(times, (room *= 2) * sizeof *times);
        times[measured++] = (uint32_t)((at - c->sent) / 100);
      }
      if (at < to) {
        send_request(c);
      } else {
        close(c->fd);
        active--;
      }
    }
  }

  qsort(times, measured, sizeof *times, by_value);
  double p50 = measured ? times[(size_t)(0.50 * (double)(measured - 1))] / 1e4 : 0, p99 = measured ? times[(size_t)(0.99 * (double)(measured - 1))] / 1e4 : 0;
  printf("%.0f %.3f %.3f %zu\n", (double)measured / atof(argv[5]), p50, p99, measured);
  return 0;
}
