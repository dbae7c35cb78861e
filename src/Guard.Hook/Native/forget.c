/* Linked into guard-hook: runs before the runtime starts, which would take its heap limits, collector and diagnostics from
   the environment of whoever starts the hook. Too small a heap ends the runtime before any code of the hook could deny. */
#include <string.h>

extern char **environ;

__attribute__((constructor)) static void forget_runtime_settings(void)
{
    char **kept = environ;
    if (kept == NULL) return;
    for (char **at = environ; *at != NULL; at++)
        if (strncmp(*at, "DOTNET_", 7) != 0 && strncmp(*at, "COMPlus_", 8) != 0) *kept++ = *at;
    *kept = NULL;
}
