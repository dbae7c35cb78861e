/* Runs programs in turn and measures each whole process, from posix_spawn to waitpid.
   Usage: driver ROUNDS INPUT-FILE NAME [@INPUT-FILE] program args... -- NAME [@INPUT-FILE] program args... -- ...
   A program may have an input of its own.
   Every round runs each program once, beginning with another one each time, so that noise meets all alike.
   Prints: name, p50, p99 (ms), ratio of the p50 to the first program's. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PROGRAMS = 8, WARM_UP = 20 };

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double run(char **argv, const char *input) {
  static char *environment[] = {"HOME=/root", "PATH=/usr/bin:/bin", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  struct timespec start, end;
  pid_t pid;
  int status;
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environment)) {
    perror(argv[0]);
    exit(1);
  }
  waitpid(pid, &status, 0);
  clock_gettime(CLOCK_MONOTONIC, &end);
  posix_spawn_file_actions_destroy(&actions);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "%s ended with status %d\n", argv[0], status);
    exit(1);
  }
  return (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int rounds = atoi(argv[1]);
  const char *inputs[MAX_PROGRAMS];
  char *names[MAX_PROGRAMS], **programs[MAX_PROGRAMS];
  double *times[MAX_PROGRAMS];
  int count = 0;
  for (int i = 3; i < argc && count < MAX_PROGRAMS; count++) {
    names[count] = argv[i++];
    inputs[count] = i < argc && argv[i][0] == '@' ? argv[i++] + 1 : argv[2];
    programs[count] = argv + i;
    while (i < argc && strcmp(argv[i], "--")) i++;
    argv[i++] = NULL;
    times[count] = malloc(sizeof(double) * (size_t)rounds);
  }

  for (int round = -WARM_UP; round < rounds; round++) {
    for (int k = 0; k < count; k++) {
      int which = (k + (round + WARM_UP)) % count;
      double time = run(programs[which], inputs[which]);
      if (round >= 0) times[which][round] = time;
    }
  }

  double first = 0;
  for (int k = 0; k < count; k++) {
    qsort(times[k], (size_t)rounds, sizeof(double), by_value);
    double p50 = times[k][rounds / 2], p99 = times[k][rounds * 99 / 100];
    if (k == 0) first = p50;
    printf("| %-28s | %7.2f | %7.2f | %6.2f |\n", names[k], p50, p99, p50 / first);
  }
  return 0;
}
