#!/usr/bin/env bash
# Mutation tests of Guard.Policy: Stryker changes one thing at a time in the source and the tests must notice. Folder by folder, so that
# results come in on the way; the reports (JSON) land in artifacts/mutation, figures per folder are printed, and what survived.
#   eng/mutate-policy.sh                      every folder, the ones that decide first
#   eng/mutate-policy.sh Evaluation Matching  these, each with its subfolders; or files, several of one run with commas
#   eng/mutate-policy.sh Evaluation/Combination.cs,Evaluation/RuleTrial.cs
# It works on a copy of the tree, so that building and testing go on beside it. Random tests try a fiftieth (GUARD_TESTS_MUTATION).
# A time-out counts as killed, so the time allowed is one and a half times what the covering tests took plus two minutes: load
# stretches a run by a factor, a loop without end does not care. GUARD_MUTATE_MS chooses another allowance. GUARD_MUTATE_TESTS names the
# tests (a filter as `dotnet test` takes it): fewer tests find less, so what they kill is killed all the same.
set -euo pipefail
cd "$(dirname "$0")/.."

folders=("$@")
((${#folders[@]})) || folders=(Evaluation Matching Compilation Indexing Tools Cel Floor Documents Definitions Lint Suites Diagnostics)
root=$PWD
out=$root/artifacts/mutation
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' file; do [[ -e $file ]] && printf '%s\0' "$file"; done | tar -c --null -T - | tar -x -C "$work"

cd "$work"
dotnet tool restore >"$work/restore.log" 2>&1 || { cat "$work/restore.log" >&2; exit 1; }
cd tests/Guard.Policy.Tests
export GUARD_TESTS_MUTATION=1
sed -i "s/\"additional-timeout\": [0-9]*/\"additional-timeout\": ${GUARD_MUTATE_MS:-120000}/" stryker-config.json
[[ -z ${GUARD_MUTATE_TESTS:-} ]] || sed -i "s#\"verbosity\"#\"test-case-filter\": \"$GUARD_MUTATE_TESTS\", \"verbosity\"#" stryker-config.json
for place in "${folders[@]}"; do
  rm -rf "$work/stryker"
  folder=${place//\//-}
  mutate=()
  for part in ${place//,/ }; do
    [[ $part == *.cs ]] && mutate+=(--mutate "$part") || mutate+=(--mutate "$part/**/*.cs")
  done
  # On a busy machine Stryker gives up asking the SDK where it is.
  for _ in 1 2 3; do
    dotnet stryker "${mutate[@]}" --output "$work/stryker" --skip-version-check >"$out/$folder.log" 2>&1 && break
    grep -q "Could not find build environment" "$out/$folder.log" || break
  done

  if [[ ! -f $work/stryker/reports/mutation-report.json ]]; then
    echo "$folder: no result, see $out/$folder.log" >&2
    continue
  fi

  cp "$work/stryker/reports/mutation-report.json" "$out/$folder.json"
  python3 "$root/eng/mutation-report.py" "$out/$folder.json"
done
