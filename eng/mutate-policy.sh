#!/usr/bin/env bash
# Mutation tests of Guard.Policy: Stryker changes the source in thousands of places, and the tests must notice each change.
#   eng/mutate-policy.sh [--minutes N] [--seed N] [PLACE...]      places are parts of paths, such as Evaluation or Matching/PathGlob.cs
# Stryker makes the changes; tests/Guard.Mutation finds them in the assembly and tries them in test processes that stay, because Stryker starts
# a test host for each one, which would take a day here. Changes are tried in a random order: what was tried when N minutes were over is a
# fair sample, if no test was written by the survivors of the same seed. Without N it goes on until all are tried. The report (JSON, as Stryker writes it) lands in artifacts/mutation;
# figures are printed, and `eng/mutation-report.py --survivors artifacts/mutation/policy.json` lists what no test noticed.
# It works on a copy of the tree, so that building and testing go on beside it. Random tests try a fiftieth (GUARD_TESTS_MUTATION), which
# finds less and never more.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=100000 seed=20260101
while [[ ${1:-} == --* ]]; do
  case $1 in
    --minutes) minutes=${2:?--minutes needs a number} ;;
    --seed) seed=${2:?--seed needs a number} ;;
    *) echo "guard: $1 is not an option, see the first lines of $0" >&2; exit 2 ;;
  esac
  shift 2
done

root=$PWD
out=$root/artifacts/mutation
work=$(mktemp -d)
stryker=
end() {
  # It has a session of its own, so that all of it can be ended.
  [[ -z $stryker ]] || kill -- "-$stryker" 2>/dev/null || :
  rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$out" "$work/tree"
git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' file; do [[ -e $file ]] && printf '%s\0' "$file"; done | tar -c --null -T - | tar -x -C "$work/tree"
# The cases of public standards lie beside the repository, and their tests look for them there.
ln -s "$root/../shared" "$work/shared"

cd "$work/tree/tests/Guard.Policy.Tests"
export GUARD_TESTS_MUTATION=1
dotnet tool restore >"$out/stryker.log" 2>&1 || { cat "$out/stryker.log" >&2; exit 1; }
# For Stryker's own look at the tests, which is to be short: all it is asked for is the changed assembly.
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
# Its own round of tests begins where the changed assembly lies beside the tests, with the unchanged one. No more of it is needed: the
# changes stand in the assembly, and the log says what each of them is.
setsid dotnet stryker --output "$work/stryker" --skip-version-check --verbosity debug >"$out/stryker.log" 2>&1 &
stryker=$!
until grep -q "Capture mutant coverage" "$out/stryker.log"; do
  kill -0 "$stryker" 2>/dev/null || { tail -n 20 "$out/stryker.log" >&2; echo "guard: Stryker changed nothing, see $out/stryker.log" >&2; exit 1; }
  sleep 0.2
done
cp "$tests/Guard.Policy.dll" "$work/changed.dll"
cp "$tests/Guard.Policy.dll.stryker-unchanged" "$work/unchanged.dll"
cp "$tests/Guard.Policy.pdb" "$work/unchanged.pdb"
kill -- "-$stryker" 2>/dev/null || :
wait "$stryker" || :
stryker=

cp "$work/changed.dll" "$tests/Guard.Policy.dll"
dotnet build "$work/tree/tests/Guard.Mutation" -c Release --nologo -v quiet -p:RunAnalyzers=false >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 1; }
mutation=$work/tree/artifacts/bin/Guard.Mutation/release/Guard.Mutation
"$mutation" list "$work/changed.dll" "$work/unchanged.dll" "$work/unchanged.pdb" "$out/stryker.log" "$out/policy.json"
"$mutation" run "$out/policy.json" "$tests/Guard.Policy.Tests.dll" "$minutes" "$seed" "$@"
python3 "$root/eng/mutation-report.py" "$out/policy.json"
