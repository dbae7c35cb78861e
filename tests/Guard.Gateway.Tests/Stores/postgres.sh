#!/bin/sh
# Runs a PostgreSQL server in FOLDER for as long as standard input is open, and obeys the commands that come there.
#   postgres.sh BIN FOLDER PORT FSYNC ADDRESS
# As root it drops to the account nobody, because the server refuses to run as root.
set -eu
bin=$1
folder=$2
port=$3
fsync=$4
address=$5

if [ "$(id -u)" -eq 0 ]; then
  chown nobody "$folder"
  exec runuser -u nobody -- /bin/sh "$0" "$@"
fi

cd "$folder"
end() {
  # A suspended server obeys no other signal.
  signal CONT
  "$bin/pg_ctl" -D data -m immediate stop >>log 2>&1 || :
  cd /
  # Of a file system of its own, the folder itself stays.
  rm -rf "$folder" 2>/dev/null || :
}

# To the server and all its processes; the server first: then it starts nobody that would be missed.
signal() {
  server=$(head -n 1 data/postmaster.pid 2>>log) || return 0
  # A child may end in between.
  # shellcheck disable=SC2046
  kill -s "$1" "$server" $(cat "/proc/$server/task/$server/children") 2>>log || :
}
trap end EXIT
trap '' INT TERM HUP

start() { "$bin/pg_ctl" -D data -l log -w -t 60 start >/dev/null 2>>log || { tail -n 5 log >&2; exit 1; }; }

"$bin/initdb" -D data -U guard_test -A trust -E UTF8 --locale=C --no-sync >>log 2>&1 || { tail -n 5 log >&2; exit 1; }
cat >>data/postgresql.conf <<CONF
listen_addresses = '$address'
port = $port
unix_socket_directories = '$folder'
max_connections = 300
shared_buffers = 64MB
fsync = $fsync
full_page_writes = $fsync
CONF
# Of another host than this one nobody is let in unless it is said.
[ "$address" = 127.0.0.1 ] || echo 'host all all 192.0.2.0/24 trust' >>data/pg_hba.conf
start
echo ready

while read -r command; do
  case $command in
    restart) "$bin/pg_ctl" -D data -m fast -w stop >/dev/null 2>>log; start; echo restarted ;;
    stop) "$bin/pg_ctl" -D data -m fast -w stop >/dev/null 2>>log; echo stopped ;;
    start) start; echo started ;;
    revive) "$bin/pg_ctl" -D data status >/dev/null 2>>log || start; echo revived ;;
    suspend) signal STOP; echo suspended ;;
    resume) signal CONT; echo resumed ;;
    kill)
      # The server's children are all that have it as parent.
      server=$(head -n 1 data/postmaster.pid)
      children=$(cat "/proc/$server/task/$server/children")
      # shellcheck disable=SC2086
      kill -9 "$server" $children
      while kill -0 "$server" 2>/dev/null; do :; done
      echo killed
      ;;
  esac
done
