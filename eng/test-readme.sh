#!/usr/bin/env bash
# Runs what README.md tells people to run, in a folder and with a data folder of its own, and checks what it promises.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
gateway=
cleanup() { [ -z "$gateway" ] || kill "$gateway" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
export PATH="$root/artifacts/guard:$PATH" GUARD_DATA="$work/data" GUARD_LISTEN=127.0.0.1:0
fail() { echo "test-readme: $*" >&2; exit 1; }

blocks() { awk -v kind="$1" '$0 == "```" kind {on=1; next} /^```/ {on=0} on' README.md; }
blocks sh | sed 's/ *#.*//; /^$/d' >"$work/commands"
expected='./run.sh --once
guard up --policies policies
guard init'
[ "$(cat "$work/commands")" = "$expected" ] || fail "README.md has other commands than this test runs: $(cat "$work/commands")"

echo "== ./run.sh --once"
./run.sh --once | tee "$work/run"
for promised in 'dev-assistant/credentials' 'floor/wipe' 'dev-assistant/write-project' 'guard: stopped the gateway'; do
  grep -qF "$promised" "$work/run" || fail "./run.sh --once did not print $promised"
done

echo "== guard up --policies policies"
guard up --policies policies --no-tcp --admin-key-file "$work/admin.key" >"$work/up" 2>&1 </dev/null &
gateway=$!
until grep -q '^Ctrl-C stops' "$work/up"; do kill -0 "$gateway" || fail "guard up ended: $(cat "$work/up")"; sleep 0.05; done
cat "$work/up"
export GUARD_ADMIN_KEY; GUARD_ADMIN_KEY=$(cat "$work/admin.key")

echo "== guard init"
mkdir "$work/app" && cd "$work/app"
echo hello >README.md
echo KEY=1 >.env
ln -s .env settings.txt
guard init 2>&1 | tee "$work/init"
grep -q 'Canary: a write to .*settings.json was denied by the floor' "$work/init" || fail "the canary did not sing"

echo "== the recorded session"
hook() { guard-hook pre --config "$GUARD_DATA/hook.json"; }
expect() { # status, stdin, text on stderr
  local status=0
  echo "$2" | hook >/dev/null 2>"$work/err" || status=$?
  [ "$status" -eq "$1" ] || fail "$2: exit code $status instead of $1: $(cat "$work/err")"
  grep -qF "$3" "$work/err" || [ -z "$3" ] || fail "$2: stderr says $(cat "$work/err")"
}
expect 0 '{"tool_name": "Read", "tool_input": {"path": "README.md"}}' ''
expect 2 '{"tool_name": "Read", "tool_input": {"path": ".env"}}' 'denied by policy dev-assistant, rule credentials'
guard audit tail | tee "$work/tail"
grep -q 'floor/client-settings' "$work/tail" && grep -q 'dev-assistant/read-project' "$work/tail" || fail "the record lacks what the README shows"

echo "== the policy"
(cd "$root" && blocks yaml) >"$work/my-team.yaml"
guard policy validate "$work/my-team.yaml"
try() { guard policy test agent "$@" --policies "$work/my-team.yaml" --tag claude-code; }
try read:file --resource ./.env --expect deny
try read:file --resource ./.ENV --expect deny
try read:file --resource ./settings.txt --expect deny
try --tool Bash --input '{"command":"cat .env"}' --expect deny
try --tool Grep --input '{"pattern":"KEY","path":".env"}' --expect deny
try read:file --resource ./.env.example --expect allow
try write:file --resource ./src/new.cs --expect allow
try write:file --resource /etc/hosts --expect deny
agent=$(guard agent list --json | sed -n 's/.*"name": *"\([^"]*\)".*/\1/p' | head -1)
guard policy test "$agent" read:file --resource ./.env --verbose | tee "$work/verbose"
grep -q credentials "$work/verbose" || fail "--verbose does not name the rule"
echo "test-readme: every command of README.md did what it says"
