#!/bin/sh
# Measures `guard audit verify` over a record of many events in SQLite and in PostgreSQL, online and from an export, with the
# memory that command and gateway take, and prints a table for docs/performance.md. Filled as bench-audit-query.sh does.
#   eng/bench-verify.sh [EVENTS]               default 1000000
# GUARD, KEEP and what it needs: see bench-audit-query.sh
set -eu
BENCH=verify
export BENCH
exec "$(dirname -- "$0")/bench-audit-query.sh" "$@"
