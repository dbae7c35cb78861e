#!/usr/bin/env bash
# Builds the distribution folder artifacts/guard: the guard command (with the gateway inside) and the native guard-hook.
# Does nothing when no source is newer than the last build; --force builds all the same.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=artifacts/guard/.built

if [ "${1:-}" != --force ] && [ -e "$stamp" ] && [ -x artifacts/guard/guard ] && [ -x artifacts/guard/guard-hook ] &&
   [ -z "$(find src eng Directory.Build.props Directory.Packages.props global.json -newer "$stamp" -type f -print -quit)" ]; then
  exit 0
fi

eng/prerequisites.sh
started=$(mktemp)
trap 'rm -f "$started"' EXIT
log=artifacts/build.log
mkdir -p artifacts/guard

eng/publish-hook.sh

echo "guard: building the guard command"
if ! dotnet publish src/Guard.Cli/Guard.Cli.csproj -c Release -o artifacts/guard --nologo -v quiet >"$log" 2>&1; then
  grep -E 'error|warning' "$log" | sort -u | head -40 >&2 || true
  echo "guard: the build failed; all of it is in $log" >&2
  exit 1
fi
# The time the build began: what was edited while it ran counts as newer.
touch -r "$started" "$stamp"
echo "guard: built artifacts/guard/guard and artifacts/guard/guard-hook"
