#!/bin/bash
# Measures decisions per second with their rows durable, side by side with the database alone, and prints tables for
# docs/performance.md. Generator, gateway and database share this machine.
#   eng/bench-throughput.sh [SECONDS] [ROUNDS]          default 10 and 3, which takes about four minutes
# PostgreSQL: 64 clients of a gateway, and pgbench with 64 clients doing one INSERT of the same row, with the same indexes, in
# a transaction of its own, in turns. One client: the gateway, and a server that does that INSERT and replies.
# SQLite: 64 clients of a gateway, and the same rows each in a transaction of its own (both synchronous=FULL).
# Every turn begins with 2 s that are not measured. The processor time of each process, a row, is printed as well: it says
# something on a busy machine too.
# Needs PostgreSQL and gcc (eng/install-test-tools.sh); as root the server runs as the account nobody.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
seconds=${1:-10}
rounds=${2:-3}
clients=64
warm_up=2
dotnet build "$root/tests/Guard.Benchmarks" -c Release --nologo -v quiet >&2
bench=$root/artifacts/bin/Guard.Benchmarks/release/Guard.Benchmarks
throughput=$root/tests/Guard.Benchmarks/Throughput
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)

work=$(mktemp -d)
chmod 711 "$work"
mkdir "$work/pg" "$work/p" "$work/s"
gcc -O2 -o "$work/load" "$throughput/load.c"
as_server=()
if [ "$(id -u)" -eq 0 ]; then
  chown nobody "$work/pg"
  as_server=(runuser -u nobody --)
fi
end() {
  exec 7>&- 8>&- 9>&- || :
  wait || :
  (cd "$work/pg" && "${as_server[@]}" "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1) || :
  rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# A server that runs until FD of its input is closed; its first line goes to FILE.
serve() { # FD FILE ARGS...
  local fd=$1 file=$2
  shift 2
  mkfifo "$file.in"
  "$bench" "$@" <"$file.in" >"$file" 2>"$file.err" &
  eval "exec $fd>\"$file.in\""
  until [ -s "$file" ]; do
    kill -0 $! 2>/dev/null || { cat "$file.err" >&2; exit 1; }
    sleep 0.1
  done
}
# Prints answers per second, p50 and p99 in ms, and answers, all without the warm-up.
load() { "$work/load" "$1" "$2" "$3" "$warm_up" "$seconds"; }
# Until what is hot is compiled for good.
heat() { "$work/load" "$1" "$2" "$clients" 0 "$seconds" >/dev/null; }

cd "$work/pg"
"${as_server[@]}" "$bin/initdb" -D "$work/pg/data" -U guard -A trust -E UTF8 --locale=C >/dev/null
"${as_server[@]}" "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w start \
  -o "-c listen_addresses='' -c unix_socket_directories=$work/pg -c shared_buffers=256MB -c max_wal_size=4GB -c max_connections=200" >/dev/null
"$bin/createdb" -h "$work/pg" -U guard guard
connection="Host=$work/pg;Database=guard;Username=guard"
sql() { "$bin/psql" -h "$work/pg" -U guard -d guard -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# Processor time in ms: of PostgreSQL with all its processes, also those that have ended, and of a process.
tick=$((1000 / $(getconf CLK_TCK)))
server=$(head -n 1 "$work/pg/data/postmaster.pid")
spent() { awk -v tick=$tick '{sub(/.*\) /, ""); n += $12 + $13 + $14 + $15} END {print n * tick}' <(cat "$@" 2>/dev/null || :); }
server_spent() {
  local files=("/proc/$server/stat") child
  for child in $(cat "/proc/$server/task/$server/children"); do files+=("/proc/$child/stat"); done
  # One may end in between; what it spent is then the server's.
  spent "${files[@]}"
}
# Runs a client of 64 connections, and prints what it prints, and behind its last line the ms that itself, PostgreSQL and the
# process PID (0: none) spent from the end of the warm-up on. When that was goes to the file "sampled".
with_spent() { # PID COMMAND...
  local pid=$1 connections=0 client own_before server_before gateway_before=0 gateway_after=0 TIMEFORMAT='%U %S'
  shift
  [ "$pid" -ne 0 ] || connections=$clients
  { time "$@" >"$work/out" 2>/dev/null; } 2>"$work/own" &
  local shell=$!
  until [ "$(wc -w <"/proc/$server/task/$server/children")" -ge "$connections" ]; do sleep 0.1; done
  sleep $warm_up
  date +%s.%N >"$work/sampled"
  client=$(cat "/proc/$shell/task/$shell/children")
  own_before=$(spent "/proc/${client%% *}/stat")
  server_before=$(server_spent)
  [ "$pid" -eq 0 ] || gateway_before=$(spent "/proc/$pid/stat")
  wait "$shell"
  # The server's processes of this client end a little after it, and count for the server only then.
  sleep 1
  [ "$pid" -eq 0 ] || gateway_after=$(spent "/proc/$pid/stat")
  echo "$(cat "$work/out") $(awk -v before="$own_before" '{printf "%.0f", 1000 * ($1 + $2) - before}' "$work/own") $(($(server_spent) - server_before)) $((gateway_after - gateway_before))"
}
# Per second, p50, p99 and rows of pgbench's log, from the end of the warm-up on.
#   A line of it: client, number, µs, script, second and µs of the end.
of_log() {
  awk -v from="$(cat "$work/sampled")" '{end = $5 + $6 / 1e6} end >= from {print $3 / 1000, end - from}' | sort -g |
    awk '{v[NR] = $1; if ($2 > s) s = $2} END {printf "%.0f %.3f %.3f %d\n", NR / s, v[int(NR * 0.5)], v[int(NR * 0.99)], NR}'
}
# Each spent time by the rows, of: per second, p50, p99, rows, ms of client, PostgreSQL and gateway.
by_row() { awk '{printf "%s %s %s %.1f %.1f %.1f %.1f\n", $1, $2, $3, 1000 * $5 / $4, 1000 * $6 / $4, 1000 * $7 / $4, 1000 * ($5 + $6 + $7) / $4}'; }

middle() { sort -g | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
column() { awk -v n="$2" '{print $n}' "$1" | middle; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }

serve 7 "$work/p/key" serve "$work/p" "$throughput/policies" "$connection"
gateway=$!
"$bench" request "$(cat "$work/p/key")" >"$work/p/request"
heat "$work/p/gateway.sock" "$work/p/request"

# The row of a decision, as the gateway has written it, into a table with the same indexes. Its ids are random: with ids in
# order 64 sessions wait for each other at the end of an index, and the yardstick is a third slower.
sql >/dev/null <<'SQL'
CREATE SCHEMA bench;
CREATE TABLE bench.event (LIKE guard.audit_event INCLUDING ALL);
CREATE SEQUENCE bench.position;
SQL
sql >"$work/insert.sql" <<'SQL'
SELECT 'INSERT INTO bench.event (' || string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) || ') SELECT ' || string_agg(
    CASE column_name
        WHEN 'position' THEN 'n'
        WHEN 'id' THEN 'gen_random_uuid()'
        WHEN 'trace_id' THEN 'gen_random_uuid()'
        -- pgbench takes a colon before a letter for a variable, also inside a string.
        ELSE coalesce('E''' || replace(replace(replace(row_to_json(e) ->> column_name, '\', '\\'), '''', ''''''), ':', '\x3a') || '''', 'NULL') || '::' || data_type END, ', ' ORDER BY ordinal_position)
    || ' FROM nextval(''bench.position'') n;'
FROM (SELECT * FROM guard.audit_event WHERE kind = 'decision' ORDER BY position DESC LIMIT 1) e, information_schema.columns
WHERE table_schema = 'bench' AND table_name = 'event';
SQL

echo "load average $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) processors, $rounds rounds of $seconds s" >&2
for ((round = 1; round <= rounds; round++)); do
  rm -f "$work"/pgbench_log*
  cd "$work"
  with_spent 0 "$bin/pgbench" -h "$work/pg" -U guard -n -c $clients -j 2 -T $((seconds + warm_up)) -M prepared -l -f "$work/insert.sql" guard |
    awk 'END {print $(NF - 2), $(NF - 1), $NF}' >"$work/pgbench"
  cat "$work"/pgbench_log* | of_log | paste -d ' ' - "$work/pgbench" | by_row >>"$work/r.pgbench"
  with_spent "$gateway" load "$work/p/gateway.sock" "$work/p/request" $clients | by_row >>"$work/r.gateway"
  sql -c 'TRUNCATE bench.event' -c CHECKPOINT
done

serve 8 "$work/inserts" serve-inserts "$work/inserts.sock" "$connection" "$work/insert.sql"
load "$work/inserts.sock" "$work/p/request" 1 >/dev/null
for ((round = 1; round <= rounds; round++)); do
  load "$work/inserts.sock" "$work/p/request" 1 >>"$work/r.inserts"
  load "$work/p/gateway.sock" "$work/p/request" 1 >>"$work/r.one"
done
# What PostgreSQL and its gateway still do behind their answers would be taken from SQLite's disk and processors.
exec 7>&- 8>&-
wait
(cd "$work/pg" && "${as_server[@]}" "$bin/pg_ctl" -D "$work/pg/data" -m immediate -w stop >/dev/null)
sync

serve 9 "$work/s/key" serve "$work/s" "$throughput/policies" -
"$bench" request "$(cat "$work/s/key")" >"$work/s/request"
heat "$work/s/gateway.sock" "$work/s/request"
for ((round = 1; round <= rounds; round++)); do
  load "$work/s/gateway.sock" "$work/s/request" $clients >>"$work/r.sqlite"
  # A copy on the same disk, so that neither waits for the other's lock.
  rm -f "$work"/rows.db*
  [ -n "$(command -v sqlite3)" ] && sqlite3 "$work/s/data/guard.db" ".backup '$work/rows.db'" || cp "$work/s/data/guard.db" "$work/rows.db"
  "$bench" sqlite-rows "$work/rows.db" "$seconds" >>"$work/r.rows"
done

row() { printf '| %-46s | %9s | %8s | %8s |\n' "$1" "$(column "$2" 1)" "$(column "$2" 2)" "$(column "$2" 3)"; }
cost() { printf '| %-46s | %9s | %10s | %7s | %8s |\n' "$1" "$(column "$2" 4)" "$(column "$2" 5)" "$(column "$2" 6)" "$(column "$2" 7)"; }
head='| '"$(printf '%-46s' "$clients clients, median of $rounds rounds of $seconds s")"' | per second |  p50 ms |   p99 ms |'
echo "$head"
echo '| --- | --: | --: | --: |'
row "pgbench, one INSERT per transaction" "$work/r.pgbench"
row "gateway on PostgreSQL" "$work/r.gateway"
row "SQLite, one transaction per row, one client" "$work/r.rows"
row "gateway on SQLite" "$work/r.sqlite"
row "Kestrel and one INSERT, one client" "$work/r.inserts"
row "gateway on PostgreSQL, one client" "$work/r.one"
echo
echo '| processor time per row, µs                     | generator | PostgreSQL | gateway | together |'
echo '| --- | --: | --: | --: | --: |'
cost "pgbench, one INSERT per transaction" "$work/r.pgbench"
cost "gateway on PostgreSQL" "$work/r.gateway"
echo
echo "PostgreSQL: $(ratio "$(column "$work/r.gateway" 1)" "$(column "$work/r.pgbench" 1)") x pgbench's rows per second, p99 $(ratio "$(column "$work/r.gateway" 3)" "$(column "$work/r.pgbench" 3)") x (targets: at least 1.5, at most 3)"
echo "Processor time per row: $(ratio "$(column "$work/r.gateway" 7)" "$(column "$work/r.pgbench" 7)") x pgbench's"
echo "SQLite: $(ratio "$(column "$work/r.sqlite" 1)" "$(column "$work/r.rows" 1)") x (target: at least 6)"
echo "One client, p50: $(ratio "$(column "$work/r.one" 2)" "$(column "$work/r.inserts" 2)") x (target: at most 1.3)"
