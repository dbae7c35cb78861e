#!/usr/bin/env bash
# Mutation tests of Guard.Policy: Stryker changes the source in thousands of places, and the tests must notice each change.
#   eng/mutate-policy.sh [--minutes N] [PLACE...]      places are parts of paths, such as Evaluation or Matching/PathGlob.cs
# Stryker makes the changes and lists them; tests/Guard.Mutation tries them in test processes that stay, because Stryker starts a test host
# for each one, which would take a day here. Changes are tried in a random order of a fixed seed: what was tried when N minutes were
# over is a fair sample. Without N it goes on until all are tried. The report (JSON, as Stryker writes it) lands in artifacts/mutation;
# figures are printed, and `eng/mutation-report.py --survivors artifacts/mutation/policy.json` lists what no test noticed.
# It works on a copy of the tree, so that building and testing go on beside it. Random tests try a fiftieth (GUARD_TESTS_MUTATION), which
# finds less and never more.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=100000
if [[ ${1:-} == --minutes ]]; then
  minutes=${2:?--minutes needs a number}
  shift 2
fi

root=$PWD
out=$root/artifacts/mutation
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/tree"
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' file; do [[ -e $file ]] && printf '%s\0' "$file"; done | tar -c --null -T - | tar -x -C "$work/tree"
# The cases of public standards lie beside the repository, and their tests look for them there.
ln -s "$root/../shared" "$work/shared"

cd "$work/tree/tests/Guard.Policy.Tests"
export GUARD_TESTS_MUTATION=1
dotnet tool restore >"$out/stryker.log" 2>&1 || { cat "$out/stryker.log" >&2; exit 1; }
# For Stryker's own round of tests, which is to meet little: all it is asked for is the changed assembly and the list. (Where tests meet
# no change at all, it takes coverage for broken and tries every change with every test.)
cat >StrykerTests.cs <<'TEST'
namespace Guard.Policy.Tests;

public class StrykerTests
{
    [Fact]
    public void Little_OfTheCode_IsMet() => global::Guard.Policy.Matching.ResourceKindOf.Action("read:file").Should().Be(global::Guard.Policy.Matching.ResourceKinds.File);
}
TEST

tests=$work/tree/artifacts/bin/Guard.Policy.Tests/release
echo "guard: Stryker changes the code, which takes a few minutes" >&2
dotnet stryker --output "$work/stryker" --skip-version-check >"$out/stryker.log" 2>&1 &
stryker=$!
# The changed assembly lies beside the tests from here on until Stryker ends.
until grep -q "Capture mutant coverage" "$out/stryker.log" || ! kill -0 "$stryker" 2>/dev/null; do sleep 0.2; done
cp "$tests/Guard.Policy.dll" "$work/changed.dll"
wait "$stryker" && [[ -f $work/stryker/reports/mutation-report.json ]] || { tail -n 20 "$out/stryker.log" >&2; echo "guard: Stryker made no list, see $out/stryker.log" >&2; exit 1; }

cp "$work/stryker/reports/mutation-report.json" "$out/policy.json"
cp "$work/changed.dll" "$tests/Guard.Policy.dll"
dotnet build "$work/tree/tests/Guard.Mutation" -c Release --nologo -v quiet -p:RunAnalyzers=false >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 1; }
"$work/tree/artifacts/bin/Guard.Mutation/release/Guard.Mutation" run "$out/policy.json" "$tests/Guard.Policy.Tests.dll" "$minutes" "$@"
python3 "$root/eng/mutation-report.py" "$out/policy.json"
