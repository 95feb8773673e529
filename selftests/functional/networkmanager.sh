#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The plugin of NetworkManager: connections up, to the ping, and down; a password that is stored, one that is asked for, and
# one that is wrong; a server that is away; and what becomes of the tunnel when one of the programs is killed. The commands
# are those of docs/networkmanager.md. As in guides_nm, NetworkManager is unpacked in the guest.
# shellcheck disable=SC2154 # lab_*: the lab's parameters
. "$(dirname "$0")/host_lib"

office=192.168.1.1
control_socket=$work/server.sock
pppctl=$(command -v pppctl)

sessions() {
	pppctl -S "$control_socket" -j session list | jq -r "$1"
}

make_manager() {
	local tree

	for tree in "$programs"/network-manager/*; do
		[ "${tree##*/}" = network-manager-pptp ] || tar -C "$tree/" -c . | tar -C / --keep-directory-symlink -x || return
	done
	install -D -m 755 "$lab_top/build/tools/nm-culvert-service" /usr/libexec/nm-culvert-service &&
		install -D -m 644 "$lab_top/packaging/networkmanager/nm-culvert-service.conf" -t /usr/share/dbus-1/system.d &&
		sed 's,@LIBEXECDIR@,/usr/libexec,' "$lab_top/packaging/networkmanager/nm-culvert-service.name.in" \
			> /usr/lib/NetworkManager/VPN/nm-culvert-service.name || return
	rm -f /etc/network/interfaces
	make_host dbus.socket dbus.service
}

# Where there is no udev, NetworkManager takes the network of a container as it is, which it knows by this.
start_manager() {
	nsenter --target "$init" --mount mount -o remount,bind,ro /sys && on_host systemctl start NetworkManager &&
		on_host nmcli connection add type ethernet con-name wire ifname eth0 ipv4.method manual \
			ipv4.addresses 192.0.2.50/24 ipv4.gateway 192.0.2.254 ipv6.method disabled &&
		on_host nmcli connection up wire
}

# The daemon that makes the clients has nothing to say in its configuration.
start_daemon() {
	mkdir -p /etc/culvert
	on_host tee /etc/culvert/culvert.conf <<< 'log { target = stderr level = debug }' > /dev/null
	on_host "${culvertd[@]/#culvertd/$(command -v culvertd)}" > "$work/daemon.log" 2>&1 &
	wait_for 10 on_host "$pppctl" status
}

up() {
	on_host nmcli "$@" connection up office
}

is_connected() {
	sessions '.[] | [.user, .peer, .mppe.bits] | join(" ")' | grep -x "alice 192\.0\.2\.50 128" &&
		on_host "$pppctl" -j client list | jq -e '.[] | .state == "up" and .origin == "ephemeral" and .routes == []'
}

goes_through_the_tunnel() {
	ip route get "$1" | grep 'dev nm[0-9a-f]'
}

is_gone() {
	[ "$(sessions length)" = 0 ] && [ "$(on_host "$pppctl" -j client list)" = "[]" ] && ! ip -br link | grep '^nm[0-9a-f]'
}

goes_down() {
	on_host nmcli connection down office && wait_for 20 is_gone
}

manager_log() {
	on_host journalctl -u NetworkManager -o cat
}

# logged FIRST PATTERN: whether NetworkManager, or the plugin, has said so since that line.
logged() {
	manager_log | tail -n "+$1" | tee "$work/manager.log" | grep -E "$2" || { cat "$work/manager.log"; return 1; }
}

# fails WHY COMMAND...: that is logged, and nothing is left.
fails() {
	local why=$1 before

	shift
	before=$(manager_log | wc -l)
	"$@" > "$work/failed.out" 2>&1 && return 1
	cat "$work/failed.out"
	wait_for 10 logged $((before + 1)) "$why" && wait_for 20 is_gone
}

modify() {
	on_host nmcli connection modify office "$@"
}

wrong_password() {
	modify vpn.secrets 'password=wrong horse' && fails 'login: server refused: wrong user or password' up &&
		grep 'Invalid secrets' "$work/failed.out" && grep -q 'user "alice".*wrong password' "$work/server.log"
}

asked() {
	modify vpn.secrets '' && modify +vpn.data password-flags=2 && up --ask <<< 'correct horse' && is_connected
}

server_is_away() {
	modify vpn.data 'gateway=192.0.2.77, user=alice' && modify vpn.secrets 'password=x' &&
		fails 'TCP connection: 192\.0\.2\.77 port 1723: host is unreachable' up
}

unknown_key() {
	modify vpn.data 'gateway=192.0.2.1, user=alice, on-up=/sbin/reboot' && fails '"on-up" is not known' up
}

is_active() {
	on_host nmcli -g NAME connection show --active | grep -x office
}

goes_with() {
	up && is_connected && kill -KILL "$($1)" && wait_for 30 is_gone &&
		wait_for 30 not is_active
}

plugin_pid() {
	pgrep -f '^/usr/libexec/nm-culvert-service'
}

no_sessions() {
	[ "$(sessions length)" = 0 ]
}

goes_with_the_daemon() {
	up && is_connected && kill -KILL "$(pgrep -x culvertd | grep -v -x "$server_pid")" && wait_for 30 no_sessions &&
		wait_for 30 not is_active
}

pptp_connection() {
	on_host nmcli connection delete office &&
		on_host nmcli connection add type vpn vpn-type org.freedesktop.NetworkManager.pptp con-name office vpn.data \
			'gateway=192.0.2.1, user=alice, require-mppe-128=yes, refuse-eap=yes, refuse-pap=yes' \
			vpn.secrets 'password=correct horse' && up && is_connected && goes_down
}

# The page begins with apt-get.
readarray -t commands < <(commands_of networkmanager "A connection" | grep -v '^apt-get ')

trap leave_the_guest_as_it_was EXIT
[ -x "$lab_top/build/tools/nm-culvert-service" ] || skip_all "built without libnm"
plan 21
check "a host with NetworkManager and the plugin" make_manager
check "of which systemd is up" start_systemd
topology 0
user alice '"correct horse"'
server_start "dns = { \"$inner_server\" }"
ip -n server link add office type dummy
ip -n server address add "$office/24" dev office
ip -n server link set office up
join_wire
check "it has the network" start_manager
check "culvertd runs there, and has nothing to do" start_daemon
check "the page has three commands" test ${#commands[@]} -eq 3
for command in "${commands[@]:0:2}"; do
	check "$command" walk "$command"
done
check "the server has the session, encrypted" is_connected
check "everything goes through the tunnel" goes_through_the_tunnel 203.0.113.1
check "the name server is the one of the tunnel" grep -qx "nameserver $inner_server" /etc/resolv.conf
check "the office answers" ping -n -c 1 -W 5 "$office"
check "a packet that fits, too" ping -n -c 1 -W 5 -M "do" -s 1300 "$office"
check "down, nothing is left" goes_down
check "only the office behind the tunnel" eval \
	'walk "${commands[2]}" && up && goes_through_the_tunnel "$office" &&
	not goes_through_the_tunnel 203.0.113.1 && ping -n -c 1 -W 5 "$office" && goes_down'
check "a wrong password is told" wrong_password
check "a password that is asked for" eval 'asked && goes_down'
check "a server that is away" server_is_away
check "a key that would let culvertd run programs" unknown_key
modify vpn.data 'gateway=192.0.2.1, user=alice' && modify vpn.secrets 'password=correct horse'
check "the tunnel goes with the plugin" goes_with plugin_pid
check "a connection of NetworkManager-pptp" pptp_connection
check "and with the daemon" goes_with_the_daemon
finish
