#!/usr/bin/env bash
# Builds Guard, starts a gateway on SQLite with the policies of policies/, sends the samples through the real hook and shows
# what was decided. Leaves the gateway running; everything it keeps is in .run/.
#   --once   stop the gateway after the table
#   --stop   stop the gateway that an earlier run left running
# GUARD_LISTEN=127.0.0.1:PORT chooses the TCP address (default 127.0.0.1:7411).
set -euo pipefail
cd "$(dirname "$0")"
once=0
listen=${GUARD_LISTEN:-127.0.0.1:7411}
data=$PWD/.run
guard=artifacts/guard/guard
hook=$PWD/artifacts/guard/guard-hook

stop_gateway() {
  [ -s "$data/gateway.pid" ] || return 0
  local pid; pid=$(cat "$data/gateway.pid")
  # The pid may have been given to another program since.
  if [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$PWD/$guard" ]; then
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    echo "guard: stopped the gateway (pid $pid)"
  fi
  rm -f "$data/gateway.pid"
}

case ${1:-} in
  '') ;;
  --once) once=1 ;;
  --stop) stop_gateway; exit 0 ;;
  -h|--help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "run.sh: unknown option $1 (there are --once and --stop)" >&2; exit 2 ;;
esac

eng/prerequisites.sh
eng/build.sh

umask 077
mkdir -p "$data"
stop_gateway
log=$data/up.log
"$guard" up --data "$data" --policies policies --listen "$listen" --admin-key-file "$data/admin.key" >"$log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$data/gateway.pid"
[ "$once" -eq 0 ] || trap stop_gateway EXIT
until grep -q '^Guard is up' "$log"; do
  kill -0 "$pid" 2>/dev/null || { rm -f "$data/gateway.pid"; echo "guard: the gateway did not start:" >&2; cat "$log" >&2; exit 1; }
  sleep 0.05
done
echo
sed '/^Next, in another terminal:/,$d' "$log"

calls=0 stopped=0
send() { # event file
  local status=0
  "$hook" "$1" --config "$data/hook.json" --workspace /home/dev/app <"$2" >/dev/null 2>"$data/hook.err" || status=$?
  case $status in
    0) ;;
    2) stopped=$((stopped + 1)) ;;
    *) echo "guard: the hook ended with $status on $2: $(cat "$data/hook.err")" >&2; exit 1 ;;
  esac
  calls=$((calls + 1))
}

for file in samples/hook-inputs/pre-*.json; do send pre "$file"; done
echo "$calls tool calls went through the real hook; $stopped were stopped. What the record says:"
echo
"$guard" audit query --data "$data" --limit "$calls"

calls=0 stopped=0
for file in samples/hook-inputs/bad/*; do send pre "$file"; done
echo
echo "$calls inputs that cannot be judged went through the hook as well; $stopped were stopped. The last one read:"
echo "  $(tail -1 "$data/hook.err")"
[ "$stopped" -eq "$calls" ] || { echo "guard: an input that cannot be judged was let through" >&2; exit 1; }

[ "$once" -eq 0 ] || exit 0
cat <<NEXT

The gateway goes on running (pid $pid, log $log). Next:
  export GUARD_DATA=$data PATH=$PWD/artifacts/guard:\$PATH
  cd YOUR-PROJECT && guard init      register the hook with Claude Code, and prove that it holds
  claude                             every tool call is now decided and recorded
  guard audit tail -f                watch
  guard policy test claude-code-$(hostname | tr '[:upper:]' '[:lower:]') read:file --resource ./.env --verbose
To stop the gateway (the hook then denies every tool call): $PWD/run.sh --stop
NEXT
