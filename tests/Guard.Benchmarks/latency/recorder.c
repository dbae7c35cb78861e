/* Writes the first request that arrives on a Unix socket to a file. Usage: recorder SOCKET FILE */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char buffer[1 << 20];

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1)) return 1;
  int connection = accept(listener, NULL, NULL);
  size_t length = 0;
  while (1) {
    ssize_t n = read(connection, buffer + length, sizeof buffer - 1 - length);
    if (n <= 0) return 1;
    length += (size_t)n;
    buffer[length] = 0;
    char *end = strstr(buffer, "\r\n\r\n"), *stated = strstr(buffer, "Content-Length: ");
    if (end && stated && length >= (size_t)(end + 4 - buffer) + strtoul(stated + 16, NULL, 10)) break;
  }
  int file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  return file < 0 || write(file, buffer, length) != (ssize_t)length;
}
