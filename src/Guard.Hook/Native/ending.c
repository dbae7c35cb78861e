/* Linked into guard-hook: answers and ends the process when the deadline comes or the client stops it, whatever its threads
   are doing. Handlers of the runtime run on a thread that it would start at every call. These only write what was
   prepared, and call nothing that may not be called in a handler (signal-safety(7)). */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct answer {
    char *output;
    size_t output_length;
    char *error;
    size_t error_length;
    int code;
    int seconds_after;
};

static struct answer answers[32];
static atomic_flag given = ATOMIC_FLAG_INIT;

static volatile sig_atomic_t answered = -1;

/* Non-zero for the first who asks, who must answer; everybody later must not. */
int guard_claim_answer(void) { return !atomic_flag_test_and_set(&given); }

static int write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = { .fd = descriptor, .events = POLLOUT };
            if (poll(&ready, 1, 1000) > 0) continue;
        }
        if (written <= 0) return 0;
        bytes += written;
        length -= (size_t)written;
    }
    return 1;
}

static void end(int signal)
{
    /* What is done after the answer is over when its time is; who asks for the end before that can wait for it. */
    if (answered >= 0 && signal == SIGALRM) _exit(answered);
    int before = errno;
    /* An answer is being given, perhaps by what this interrupts: it goes on. */
    if (!guard_claim_answer()) return;
    const struct answer *answer = &answers[signal];
    int code = answer->code;
    /* An answer that does not reach the client must not pass for silence, which the client takes for no objection. */
    if (!write_all(STDOUT_FILENO, answer->output, answer->output_length)) code = 2;
    write_all(STDERR_FILENO, answer->error, answer->error_length);
    if (answer->seconds_after == 0) _exit(code);

    /* What was interrupted goes on, to keep what it has to, and finds that the answer is given. */
    answered = code;
    struct itimerval last = { .it_value = { .tv_sec = answer->seconds_after } };
    setitimer(ITIMER_REAL, &last, NULL);
    errno = before;
}

/* The code of the answer that is written; negative: none is. */
int guard_answered_code(void) { return answered; }

/* The answer is written, and the process is to end with this code. */
void guard_answered(int code) { answered = code; }

/* Prepares what is answered when a signal (1 to 31) comes, and how long the process may go on then; 0: it ends. Zero: it could not be. */
int guard_answer_on(int signal, const char *output, size_t output_length, const char *error, size_t error_length, int code, int seconds_after)
{
    if (signal < 1 || signal > 31) return 0;
    struct answer *answer = &answers[signal];
    answer->output = malloc(output_length + error_length + 1);
    if (answer->output == NULL) return 0;
    answer->error = answer->output + output_length;
    memcpy(answer->output, output, output_length);
    memcpy(answer->error, error, error_length);
    answer->output_length = output_length;
    answer->error_length = error_length;
    answer->code = code;
    answer->seconds_after = seconds_after;

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = end;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    return sigaction(signal, &action, NULL) == 0;
}
