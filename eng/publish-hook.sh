#!/usr/bin/env bash
# Publishes the native guard-hook to artifacts/guard/guard-hook. Installs nothing; does nothing when it is up to date.
# Takes .NET 10, or .NET 9 where the runtime pack of .NET 10's ahead-of-time compiler cannot be restored.
set -euo pipefail
cd "$(dirname "$0")/.."

out=artifacts/guard/guard-hook
stamp=artifacts/guard/.guard-hook.stamp
log=artifacts/publish-hook.log
mkdir -p artifacts/guard

inputs() {
  find src/Guard.Hook src/Guard.Agents src/Guard.Shell src/Guard.Protocol Directory.Build.props Directory.Packages.props global.json \
    eng/publish-hook.sh -type f \( -name '*.cs' -o -name '*.c' -o -name '*.csproj' -o -name '*.props' -o -name '*.json' -o -name '*.sh' -o -name '*.yaml' -o -name '*.targets' \) -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

now=$(inputs)
if [ "${1:-}" != --force ] && [ -x "$out" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
  echo "guard-hook: up to date"
  exit 0
fi

if ! command -v gcc >/dev/null && ! command -v clang >/dev/null; then
  echo "guard-hook: no C linker found. Install gcc or clang, then run this again." >&2
  exit 1
fi

case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "guard-hook: no ahead-of-time compiler for $(uname -m)." >&2; exit 1 ;;
esac
linker=()
command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc)

publish() {
  local staging="artifacts/publish-hook/$1"
  rm -rf "$staging"
  dotnet publish src/Guard.Hook -c Release -f "$1" -r "$rid" -p:GuardPublishFramework="$1" "${linker[@]}" \
    -p:RunAnalyzers=false -o "$staging" --nologo >"$log" 2>&1 || return 1
}

framework=net10.0
if ! publish net10.0; then
  # Only a pack that cannot be had is a reason to fall back; every other failure is one of the code.
  if ! grep -qE 'NU110[0-9]|NETSDK1207|NETSDK1082|NETSDK1094' "$log"; then
    cat "$log" >&2
    exit 1
  fi
  echo "guard-hook: the ahead-of-time runtime pack of .NET 10 cannot be restored here; using .NET 9"
  framework=net9.0
  if ! publish net9.0; then
    cat "$log" >&2
    exit 1
  fi
fi

if grep -E 'warning IL[0-9]+|: warning ' "$log" | grep -v NU1603 >&2; then
  echo "guard-hook: the publish must be free of warnings" >&2
  exit 1
fi

# A running hook keeps its file: the new one takes the name, not the place.
install -m 0755 "artifacts/publish-hook/$framework/guard-hook" "$out.new"
mv "$out.new" "$out"
echo "$now" >"$stamp"
echo "guard-hook: published $out with $framework ($(stat -c %s "$out") bytes)"
