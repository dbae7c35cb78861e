#!/bin/sh
# Installs what the tests need beside the SDK: Debian packages, and from npm, pinned and outside the repository, the Claude
# Code client and a validator of JSON schemas.
# Says what it installs, is silent about what is there, and downloads nothing when everything is.
#   eng/install-test-tools.sh [--print-client]
# GUARD_TOOLS_DIR    where both go (default: ${XDG_CACHE_HOME:-$HOME/.cache}/guard)
# GUARD_CLAUDE_CLIENT an installed client to use instead of the one from npm
# Exit codes: 0 everything is there, 1 something could not be had (the last line says what), 2 usage.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
pin="$root/tests/Guard.EndToEnd.Tests/Client"

say() { printf 'test tools: %s\n' "$*" >&2; }
fail() { printf 'test tools: %s\n' "$*" >&2; exit 1; }

print_client=no
case "${1:-}" in
  '') ;;
  --print-client) print_client=yes ;;
  *) printf 'usage: eng/install-test-tools.sh [--print-client]\n' >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# One line per need: the package, and a test that it is there.
missing_packages() {
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has initdb || printf 'postgresql '
  has strace || printf 'strace '
  has sqlite3 || printf 'sqlite3 '
  has gcc || printf 'gcc '
  [ -e /usr/include/stdio.h ] || printf 'libc6-dev '
  has curl || printf 'curl '
  has openssl || printf 'openssl '
  has node || printf 'nodejs '
  has npm || printf 'npm '
  has systemd-analyze || printf 'systemd '
  has gdb || printf 'gdb '
  has pkill || printf 'procps '
  has useradd || printf 'passwd '
  has ip || printf 'iproute2 '
  { has unshare && has nsenter && has setpriv; } || printf 'util-linux '
}

install_packages() {
  packages=$(missing_packages)
  [ -n "$packages" ] || return 0
  has apt-get || fail "missing: ${packages% }. There is no apt-get here; install them with this system's package manager and run this again."
  as_root=''
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || fail "missing: ${packages% }. Install them as root: apt-get install ${packages% }"
    sudo -n true 2>/dev/null || [ -t 0 ] || fail "missing: ${packages% }. sudo asks for a password and there is no terminal; run: sudo apt-get install ${packages% }"
    as_root=sudo
  fi
  say "installing from apt: ${packages% }"
  log=$(mktemp)
  # The package names are a list of words.
  # shellcheck disable=SC2086
  if ! { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages ||
    { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; }; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install: ${packages% } (its last lines are above)."
  fi
  rm -f "$log"
  packages=$(missing_packages)
  [ -z "$packages" ] || fail "apt-get reported success, but these are still missing: ${packages% }"
}

client_in() {
  for candidate in "$1"/node_modules/@anthropic-ai/claude-code-linux-*/claude; do
    [ -x "$candidate" ] && { printf '%s\n' "$candidate"; return 0; }
  done
  return 1
}

install_client() {
  if [ -n "${GUARD_CLAUDE_CLIENT:-}" ]; then
    [ -x "$GUARD_CLAUDE_CLIENT" ] || fail "GUARD_CLAUDE_CLIENT is $GUARD_CLAUDE_CLIENT, which is not an executable file."
    client=$GUARD_CLAUDE_CLIENT
    return 0
  fi
  version=$(sed -n 's/.*"@anthropic-ai\/claude-code": "\([0-9][0-9.]*\)".*/\1/p' "$pin/package.json")
  [ -n "$version" ] || fail "$pin/package.json does not pin @anthropic-ai/claude-code to a version."
  folder="${GUARD_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/guard}/claude-code"
  if client=$(client_in "$folder/$version"); then return 0; fi

  say "installing the Claude Code client $version from npm into $folder/$version"
  mkdir -p "$folder" || fail "cannot make $folder; set GUARD_TOOLS_DIR to a folder that can be written."
  # Unpacked beside its place and renamed, so that an interrupted download is never taken for a client.
  unpacked=$(mktemp -d "$folder/.unpacking-XXXXXX")
  trap 'rm -rf "$unpacked"' EXIT
  trap 'exit 1' HUP INT TERM
  cp "$pin/package.json" "$pin/package-lock.json" "$unpacked/"
  if ! npm ci --prefix "$unpacked" --ignore-scripts --no-audit --no-fund --loglevel=error >"$unpacked/npm.log" 2>&1; then
    tail -n 15 "$unpacked/npm.log" >&2
    fail "npm could not install @anthropic-ai/claude-code@$version (its last lines are above). Check the registry with 'npm ping', or set GUARD_CLAUDE_CLIENT to an installed client."
  fi
  client_in "$unpacked" >/dev/null ||
    fail "npm installed @anthropic-ai/claude-code@$version without the executable for $(uname -s) $(uname -m); set GUARD_CLAUDE_CLIENT to an installed client."
  chmod 755 "$unpacked"
  rm -rf "${folder:?}/$version"
  mv "$unpacked" "$folder/$version" || fail "cannot rename $unpacked to $folder/$version."
  client=$(client_in "$folder/$version")
}

install_validator() {
  pin="$root/tests/Guard.Gateway.Tests/OpenApi"
  version=$(sed -n 's/.*"ajv": "\([0-9][0-9.]*\)".*/\1/p' "$pin/package.json")
  [ -n "$version" ] || fail "$pin/package.json does not pin ajv to a version."
  folder="${GUARD_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/guard}/schema-validator"
  [ ! -e "$folder/$version/node_modules/ajv/package.json" ] || return 0

  say "installing the schema validator ajv $version from npm into $folder/$version"
  mkdir -p "$folder" || fail "cannot make $folder; set GUARD_TOOLS_DIR to a folder that can be written."
  unpacked=$(mktemp -d "$folder/.unpacking-XXXXXX")
  trap 'rm -rf "$unpacked"' EXIT
  cp "$pin/package.json" "$pin/package-lock.json" "$unpacked/"
  if ! npm ci --prefix "$unpacked" --ignore-scripts --no-audit --no-fund --loglevel=error >"$unpacked/npm.log" 2>&1; then
    tail -n 15 "$unpacked/npm.log" >&2
    fail "npm could not install ajv@$version (its last lines are above). Check the registry with 'npm ping'."
  fi
  chmod 755 "$unpacked"
  rm -rf "${folder:?}/$version"
  mv "$unpacked" "$folder/$version" || fail "cannot rename $unpacked to $folder/$version."
}

install_packages
install_client
install_validator
[ "$print_client" = no ] || printf '%s\n' "$client"
