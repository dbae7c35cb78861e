#!/usr/bin/env bash
# Speed of the shell analysis beside cc-safety-net (npm), both in process, on the same lines, in one run: BenchmarkDotNet's
# median of each line here, the median of eight batches there; then the lines' own p50 and p95, and the ratios.
#   eng/bench-shell.sh
# Needs node and npm; cc-safety-net comes from npm at the version that tests/Guard.Benchmarks/Shell/peer pins.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tests/Guard.Benchmarks/Shell/peer/* "$work"
npm ci --prefix "$work" --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1 || { cat "$work/npm.log" >&2; exit 1; }
dotnet build tests/Guard.Benchmarks -c Release --nologo -v quiet -p:RunAnalyzers=false >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }

bench=artifacts/bin/Guard.Benchmarks/release/Guard.Benchmarks.dll
dotnet "$bench" shell-lines "$work/lines.json"
dotnet "$bench" shell "$work/guard.json" >"$work/guard.log" 2>&1 || { tail -n 20 "$work/guard.log" >&2; exit 1; }
node "$work/bench.mjs" "$work/lines.json" "$work/peer.json"

echo "$(nproc) cores, $(uname -s) $(uname -m), .NET $(dotnet --version), node $(node --version), cc-safety-net $(node -p "require('$work/package.json').dependencies['cc-safety-net']")"
node - "$work" <<'SCRIPT'
const [folder] = process.argv.slice(2);
const read = (name) => new Map(JSON.parse(require('fs').readFileSync(`${folder}/${name}.json`, 'utf8')).map((r) => [r.name, r]));
const [guard, peer] = [read('guard'), read('peer')];
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const micro = (n) => (n / 1000).toFixed(1).padStart(9);
for (const [kind, title] of [['short', 'Lines of at most 200 characters'], ['long', 'Texts of 4 KB']]) {
  const names = [...guard.keys()].filter((n) => n.startsWith(kind));
  const [ours, theirs] = [guard, peer].map((side) => names.map((n) => side.get(n).nanoseconds));
  const ratios = names.map((_, i) => ours[i] / theirs[i]);
  console.log(`\n${title} (${names.length})\n`);
  console.log('| µs            |       p50 |       p95 |       max |');
  console.log('| ------------- | --------: | --------: | --------: |');
  for (const [label, values] of [['guard', ours], ['cc-safety-net', theirs]])
    console.log(`| ${label.padEnd(13)} | ${micro(at(values, 0.5))} | ${micro(at(values, 0.95))} | ${micro(Math.max(...values))} |`);
  console.log(`| ratio         | ${[0.5, 0.95, 1].map((s) => at(ratios, s).toPrecision(2).padStart(9)).join(' | ')} |`);
  console.log(`\nguard allocates ${(at(names.map((n) => guard.get(n).bytes), 0.5) / 1024).toFixed(1)} KB for the line at p50`);
}
SCRIPT
