#!/bin/bash
# Makes a machine of its own out of mount and process namespaces, and a managed installation in it:
#   unshare -mpf --kill-child --mount-proc --propagation private machine.sh DISTRIBUTION POLICIES CLIENT [bare]
# With `bare` Guard is not installed.
# The real machine keeps its /etc, /run, /var/lib, /usr/local and /home. Prints `ready`; ends with its standard input.
set -eu
distribution=$1 policies=$2 client=$3

mount -t tmpfs -o mode=755 none /mnt
for folder in /etc /usr/local/bin; do
  mkdir -p "/mnt$folder"
  cp -a "$folder/." "/mnt$folder/"
done
mkdir -p /mnt/usr/local/lib /mnt/run /mnt/var/lib /mnt/home /mnt/opt
rm -rf /mnt/etc/guard /mnt/etc/claude-code /mnt/etc/systemd/system/guard-gateway.service
mkdir -p /mnt/etc/systemd/system
chmod -R go-w /mnt/usr
mkdir -p /mnt/opt/client
mount --bind "$(dirname "$client")" /mnt/opt/client
for folder in /etc /usr/local/bin /usr/local/lib /run /var/lib /home /opt; do
  mount --rbind "/mnt$folder" "$folder"
done

for account in guard dev; do
  ! getent passwd "$account" >/dev/null || userdel -f "$account"
  ! getent group "$account" >/dev/null || groupdel "$account"
done
mkdir -m 755 /etc/claude-code
printf '{\n  "companyAnnouncements": ["keep me"],\n  "env": {"NO_PROXY": "intra.example"}\n}\n' >/etc/claude-code/managed-settings.json
cp /etc/claude-code/managed-settings.json /run/settings-before
chmod 644 /etc/claude-code/managed-settings.json

useradd --create-home --shell /bin/bash dev

if [ "${4:-}" = bare ]; then
  echo ready
  cat >/dev/null
  exit
fi

"$distribution/guard" init --managed --policies "$policies" --admin-key-file /etc/guard-admin.key >/run/init-1 2>&1 </dev/null || { cat /run/init-1 >&2; exit 1; }
/usr/local/lib/guard/start-gateway >/run/gateway.log 2>&1 </dev/null &
until curl -s --unix-socket /run/guard/gateway.sock http://gateway.invalid/health/live; do kill -0 $! || { cat /run/gateway.log >&2; exit 1; }; sleep 0.05; done
"$distribution/guard" init --managed --policies "$policies" >/run/init-2 2>&1 </dev/null || { cat /run/init-2 >&2; exit 1; }
# What a call comes to is tested, not how soon: on a busy machine the gateway may be slower than the hook waits for it.
sed -i '0,/{/s/{/{"timeoutSeconds":120,/' /etc/guard/hook.json
echo ready
cat >/dev/null
