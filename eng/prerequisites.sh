#!/usr/bin/env bash
# Sees to it that a Debian machine can build Guard: a C toolchain for the ahead-of-time linker and the .NET SDK.
# Says what it installs; silent when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  echo "guard: installing with apt-get: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing=()
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
# Read whole first: behind a pipe, grep -q ends at its first hit and ldconfig then fails by SIGPIPE, now and then.
libraries=$(ldconfig -p 2>/dev/null || true)
grep -q 'libsqlite3\.so\.0' <<<"$libraries" || missing+=(libsqlite3-0)
grep -q 'libicuuc\.so' <<<"$libraries" || missing+=(libicu72)
if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "guard: missing ${missing[*]}, and this machine has no apt-get. Install them and run this again." >&2; exit 1; }
  install_packages "${missing[@]}"
fi

wanted=$(sed -n 's/.*"version": *"\([0-9]*\)\..*/\1/p' global.json | head -1)
has_sdk() { command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q "^$wanted\."; }
if ! has_sdk; then
  if command -v apt-cache >/dev/null && apt-cache show "dotnet-sdk-$wanted.0" >/dev/null 2>&1; then
    install_packages "dotnet-sdk-$wanted.0"
  fi
  has_sdk || {
    echo "guard: the .NET $wanted SDK is missing, and no package source of this machine has dotnet-sdk-$wanted.0." >&2
    echo "guard: install it as https://learn.microsoft.com/dotnet/core/install/linux-debian describes, then run this again." >&2
    exit 1
  }
fi
