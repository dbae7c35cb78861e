#!/usr/bin/env bash
# Speed of policy evaluation beside Cedar (npm, @cedar-policy/cedar-wasm), both in process, on the same rules and accesses, in one run:
# BenchmarkDotNet's median of each access here, the median of eight batches there; then the p50 of each set, and the ratios. Both sides
# must decide alike. Cedar compares one text as it is; Guard also tries every spelling, ignores case in denials, and holds the floor.
#   eng/bench-policy.sh
# Needs node and npm; Cedar comes from npm at the version that tests/Guard.Benchmarks/Policy/peer pins.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp tests/Guard.Benchmarks/Policy/peer/* "$work"
npm ci --prefix "$work" --no-audit --no-fund --ignore-scripts >"$work/npm.log" 2>&1 || { cat "$work/npm.log" >&2; exit 1; }
dotnet build tests/Guard.Benchmarks -c Release --nologo -v quiet -p:RunAnalyzers=false >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }

bench=artifacts/bin/Guard.Benchmarks/release/Guard.Benchmarks.dll
before=$(cut -d' ' -f1 /proc/loadavg)
dotnet "$bench" policy-sets "$work/sets.json"
dotnet "$bench" policy "$work/guard.json" >"$work/guard.log" 2>&1 || { tail -n 20 "$work/guard.log" >&2; exit 1; }
node "$work/bench.mjs" "$work/sets.json" "$work/peer.json"

echo "$(nproc) cores, $(uname -s) $(uname -m), .NET $(dotnet --version), node $(node --version), cedar-wasm $(node -p "require('$work/package.json').dependencies['@cedar-policy/cedar-wasm']"), load average $before before and $(cut -d' ' -f1 /proc/loadavg) after"
node - "$work" <<'SCRIPT'
const [folder] = process.argv.slice(2);
const read = (name) => new Map(JSON.parse(require('fs').readFileSync(`${folder}/${name}.json`, 'utf8')).map((r) => [r.name, r]));
const [guard, peer] = [read('guard'), read('peer')];
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const cell = (n) => n.padStart(9);
const sets = [...new Set([...guard.keys()].filter((n) => n.includes('/')).map((n) => n.split('/')[0]))];
console.log('\n| µs per access                  | guard p50 | guard max | Cedar p50 |     ratio |     bytes |');
console.log('| ------------------------------ | --------: | --------: | --------: | --------: | --------: |');
for (const set of sets) {
  const names = [...guard.keys()].filter((n) => n.startsWith(`${set}/`));
  const [ours, theirs] = [guard, peer].map((side) => names.map((n) => side.get(n).nanoseconds / 1000));
  const [a, b] = [at(ours, 0.5), at(theirs, 0.5)];
  console.log(`| ${set.padEnd(30)} | ${cell(a.toFixed(2))} | ${cell(Math.max(...ours).toFixed(2))} | ${cell(b.toFixed(1))} | ${cell((a / b).toPrecision(2))} | ${cell(String(at(names.map((n) => guard.get(n).bytes), 0.5)))} |`);
}
console.log('\n| ms to compile                  |     guard |     Cedar |');
console.log('| ------------------------------ | --------: | --------: |');
for (const set of sets)
  console.log(`| ${set.padEnd(30)} | ${[guard, peer].map((s) => cell((s.get(`compile ${set}`).nanoseconds / 1e6).toFixed(1))).join(' | ')} |`);
if (process.env.GUARD_BENCH_EACH) for (const [name, r] of guard) console.log(`${name.padEnd(40)} ${(r.nanoseconds / 1000).toFixed(2).padStart(10)} ${(peer.get(name).nanoseconds / 1000).toFixed(1).padStart(10)}`);
SCRIPT
