#!/usr/bin/env bash
# Whole-process latency of `guard-hook pre`, interleaved with a C program that sends the same bytes over the same socket:
# with a gateway that answers at once, with the real gateway and its SQLite store, and over TLS beside curl. Then calls without and
# with a shell line, in turn.
#   eng/bench-latency.sh [ROUNDS]     (default 500)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-500}

eng/publish-hook.sh
hook=$PWD/artifacts/guard/guard-hook
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { exec 8>&-; wait "$server" || true; }
  rm -rf "$work"
}
trap finish EXIT

latency=tests/Guard.Benchmarks/latency
for program in ask driver recorder; do gcc -O2 -o "$work/$program" "$latency/$program.c"; done
dotnet build tests/Guard.Benchmarks -c Release --nologo -v quiet -p:RunAnalyzers=false >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }

mkfifo "$work/in" "$work/out"
dotnet artifacts/bin/Guard.Benchmarks/release/Guard.Benchmarks.dll "$work" "$latency/policies" <"$work/in" >"$work/out" &
server=$!
exec 8>"$work/in"
read -r port key <"$work/out"

config() { # NAME URL KEY [more members]
  printf '{"gatewayUrl":"%s","apiKey":"%s","agentName":"bench","stateDirectory":"%s/state"%s}' "$2" "$3" "$work" "${4:-}" >"$work/$1.json"
  chmod 600 "$work/$1.json"
}
config instant "unix:$work/instant.sock" guard_agent_bench
config real "unix:$work/gateway.sock" "$key"
config tls "https://localhost:$port" guard_agent_bench ",\"caFile\":\"$work/ca.pem\""

# The bytes that the hook sends, taken from the hook itself.
input=samples/hook-inputs/pre-bash-git-status.json
record() { # NAME
  local recorder
  rm -f "$work/recorder.sock"
  "$work/recorder" "$work/recorder.sock" "$work/$1.request" &
  recorder=$!
  while [ ! -S "$work/recorder.sock" ]; do sleep 0.05; done
  sed "s|\"gatewayUrl\":\"[^\"]*\"|\"gatewayUrl\":\"unix:$work/recorder.sock\"|" "$work/$1.json" >"$work/recorder.json"
  chmod 600 "$work/recorder.json"
  # The recorder gives no answer, so the hook denies.
  "$hook" pre --config "$work/recorder.json" --workspace /home/dev/app <"$input" >"$work/recorder.out" 2>&1 || true
  wait "$recorder"
}
record instant
record real

head='| program                      |  p50 ms |  p99 ms |  ratio |'
line='| ---------------------------- | ------: | ------: | -----: |'
run=("$hook" pre --workspace /home/dev/app --config)
echo "$(nproc) cores, $(uname -s) $(uname -m), $rounds rounds each, interleaved"
printf '\nA gateway that answers at once, Unix socket\n\n%s\n%s\n' "$head" "$line"
"$work/driver" "$rounds" "$input" 'C, same bytes' "$work/ask" "$work/instant.sock" "$work/instant.request" -- 'guard-hook pre' "${run[@]}" "$work/instant.json"
printf '\nThe real gateway with SQLite (synchronous=FULL), Unix socket\n\n%s\n%s\n' "$head" "$line"
"$work/driver" "$rounds" "$input" 'C, same bytes' "$work/ask" "$work/gateway.sock" "$work/real.request" -- 'guard-hook pre' "${run[@]}" "$work/real.json"
printf '\nTLS to a gateway that answers at once\n\n%s\n%s\n' "$head" "$line"
sed '1,/^\r$/d' "$work/instant.request" >"$work/body.json"
"$work/driver" "$rounds" "$input" 'curl --cacert, same POST' "$(command -v curl)" -s -o /dev/null --cacert "$work/ca.pem" -H 'Content-Type: application/json' -H 'Authorization: Bearer guard_agent_bench' \
  --data-binary "@$work/body.json" "https://localhost:$port/v1/decisions" -- 'guard-hook pre' "${run[@]}" "$work/tls.json"
sed 's|"command": "[^"]*"|"command": "cd pkg \&\& npm test 2>\&1 \| tail -40"|' samples/hook-inputs/pre-bash-run-tests.json >"$work/line.json"
printf '\nWhat a shell line adds, the first gateway\n\n%s\n%s\n' "$head" "$line"
"$work/driver" "$rounds" samples/hook-inputs/pre-read-source.json 'Read' "${run[@]}" "$work/instant.json" \
  -- 'git status' @samples/hook-inputs/pre-bash-git-status.json "${run[@]}" "$work/instant.json" \
  -- 'cd pkg && npm test | tail' "@$work/line.json" "${run[@]}" "$work/instant.json"
