#!/usr/bin/env bash
# Runs every kind of test: ./test.sh (quick) or ./test.sh --long (the full evidence, hours).
#   --only NAME   one test project, e.g. --only Policy
# Installs what tests need (PostgreSQL and tools from apt, the Claude Code client from npm), quickly when it is there.
set -euo pipefail
cd "$(dirname "$0")"
long=0 only=
while [ $# -gt 0 ]; do
  case $1 in
    --long) long=1 ;;
    --only) only=${2:?--only needs the name of a test project}; shift ;;
    -h|--help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test.sh: unknown option $1 (there are --long and --only NAME)" >&2; exit 2 ;;
  esac
  shift
done

eng/prerequisites.sh
eng/install-test-tools.sh
eng/build.sh

export GUARD_TESTS_LONG=$long
results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"

echo "guard: building the tests"
dotnet build Guard.sln -c Release --nologo -v quiet >"$results/build.log" 2>&1 || {
  grep -E 'error|warning' "$results/build.log" | sort -u | head -40 >&2
  echo "guard: the build failed; all of it is in $results/build.log" >&2
  exit 1
}

# A test that hangs is ended; of the long form some take their time, most of it on a busy machine.
hang=10m
[ "$long" -eq 0 ] || hang=3h

failed=0 passed=0 broken=()
for project in tests/*.Tests; do
  name=$(basename "$project")
  [ -z "$only" ] || [ "$name" = "Guard.$only.Tests" ] || continue
  started=$SECONDS
  if dotnet test "$project" -c Release --no-build --nologo --blame-hang-timeout "$hang" --results-directory "$results/$name" \
       --logger "console;verbosity=normal" >"$results/$name.log" 2>&1 </dev/null; then ok=1; else ok=0; fi
  counts=$(grep -aE '^ *(Passed|Failed|Skipped): +[0-9]+' "$results/$name.log" || true)
  p=$(awk '$1=="Passed:"{n+=$2} END{print n+0}' <<<"$counts")
  f=$(awk '$1=="Failed:"{n+=$2} END{print n+0}' <<<"$counts")
  s=$(awk '$1=="Skipped:"{n+=$2} END{print n+0}' <<<"$counts")
  passed=$((passed + p)) failed=$((failed + f))
  if [ $ok -eq 1 ] && [ "$p" -gt 0 ] && [ "$s" -eq 0 ]; then
    printf '  ok    %-26s %5s passed %6ss\n' "$name" "$p" "$((SECONDS - started))"
  else
    printf '  FAIL  %-26s %5s passed, %s failed, %s skipped %6ss   %s\n' "$name" "$p" "$f" "$s" "$((SECONDS - started))" "$results/$name.log"
    grep -aE '^ *Failed [A-Za-z]|Error Message|^ +(Expected|System\.|Xunit)' "$results/$name.log" | head -40 || true
    # Of a host that was ended because a test hung, the log ends with the names of the tests that ran at that time.
    grep -aA 20 'The active test run was aborted' "$results/$name.log" || true
    broken+=("$name")
  fi
done

for script in eng/test-*.sh; do
  [ -e "$script" ] || continue
  [ -z "$only" ] || continue
  name=$(basename "$script" .sh)
  started=$SECONDS
  if "$script" >"$results/$name.log" 2>&1 </dev/null; then
    passed=$((passed + 1))
    printf '  ok    %-26s %5s passed %6ss\n' "$name" 1 "$((SECONDS - started))"
  else
    failed=$((failed + 1)) broken+=("$name")
    printf '  FAIL  %-26s %s\n' "$name" "$results/$name.log"
    tail -30 "$results/$name.log"
  fi
done

[ "${#broken[@]}" -eq 0 ] || { [ "$failed" -gt 0 ] || failed=1; echo "guard: failed: ${broken[*]}"; }
[ "$passed" -gt 0 ] || { echo "guard: no test ran" >&2; exit 1; }
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
