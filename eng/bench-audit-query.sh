#!/bin/sh
# Measures the first page of every filter of the audit list, statistics, and how soon a stream shows an event at 1,000 decisions
# per second, through the API, over a record of many events in SQLite and in PostgreSQL, and prints a table for docs/performance.md. The record is filled with copies of an event that the gateway
# itself has written, with other ids, times, agents, sessions, tools, actions, effects, policies and rules.
#   eng/bench-audit-query.sh [EVENTS]          default 1000000
# STORES  `sqlite`, `postgres` or, by default, both; ten million events are for `postgres`, which makes them in itself (about 30 GB)
# GUARD   the guard program (default: a release build of this tree)
# KEEP    a folder that keeps the filled stores; a second run with it measures them again without filling
# Needs python3 and PostgreSQL (eng/install-test-tools.sh); as root the server runs as the account nobody.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
events=${1:-1000000}
guard=${GUARD:-}
if [ -z "$guard" ]; then
  dotnet build "$root/src/Guard.Cli" -c Release --nologo -v quiet >&2
  guard=$root/artifacts/bin/Guard.Cli/release/guard
fi
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

work=${KEEP:-$(mktemp -d)}
mkdir -p "$work/pg"
as_server=''
if [ "$(id -u)" -eq 0 ]; then
  chmod 711 "$work"
  chown nobody "$work/pg"
  as_server='runuser -u nobody --'
fi
end() {
  (cd "$work/pg" && $as_server "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1) || :
  [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

cd "$work/pg"
if [ ! -d "$work/pg/data" ]; then
  $as_server "$bin/initdb" -D "$work/pg/data" -U guard -A trust -E UTF8 --locale=C --no-sync >/dev/null
fi
$as_server "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w start \
  -o "-c listen_addresses='' -c unix_socket_directories=$work/pg -c shared_buffers=256MB -c max_wal_size=4GB" >/dev/null
[ -e "$work/postgres.key" ] || "$bin/createdb" -h "$work/pg" -U guard guard

cd "$root"
python3 eng/bench-audit-query.py "$guard" "$bin/psql" "$work" "$events"
