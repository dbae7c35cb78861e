#!/bin/sh
# Two hosts and a router between them, each a network namespace of its own, for as long as standard input is open. What
# happens to the network in between is said there: `cut link`, `cut silence`, `cut answers`, `heal`. Takes root; nothing of
# the machine's own network is touched, and no packet leaves it.
#   near 192.0.2.2 - router - 192.0.2.6 far
set -eu
near=
far=
router=

end() {
  # shellcheck disable=SC2086
  kill -9 $near $far $router 2>/dev/null || :
}
trap end EXIT
trap '' INT TERM HUP

# A namespace lives as long as this process of it, which does not outlive this script, however that one ends.
host() {
  setpriv --pdeathsig KILL unshare --net sleep infinity >/dev/null 2>&1 &
  made=$!
  while [ "$(readlink "/proc/$made/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
    kill -0 "$made"
  done
}

inside() {
  of=$1
  shift
  nsenter --target "$of" --net "$@"
}

# HOST NAME ITS-ADDRESS THE-ROUTER'S
join() {
  inside "$router" ip link add "$2" type veth peer name eth0 netns "$1"
  inside "$1" ip address add "$3/30" dev eth0
  inside "$router" ip address add "$4/30" dev "$2"
  inside "$1" ip link set lo up
  inside "$1" ip link set eth0 up
  inside "$router" ip link set "$2" up
  inside "$1" ip route add default via "$4"
}

forward() {
  inside "$router" sh -c "echo $1 >/proc/sys/net/ipv4/ip_forward"
}

host && near=$made
host && far=$made
host && router=$made
join "$near" near 192.0.2.2 192.0.2.1
join "$far" far 192.0.2.6 192.0.2.5
forward 1
echo "$near $far"

while read -r command; do
  case $command in
    'cut link') inside "$router" ip link set far down ;;
    # No packet gets through any more, and nobody is told.
    'cut silence') forward 0 ;;
    # What the near host sends arrives; what it is answered does not.
    'cut answers') inside "$router" ip route add blackhole 192.0.2.2/32 ;;
    heal)
      forward 1
      inside "$router" ip link set far up
      inside "$router" ip route delete blackhole 192.0.2.2/32 2>/dev/null || :
      ;;
    *) exit 2 ;;
  esac
  echo "$command"
done
