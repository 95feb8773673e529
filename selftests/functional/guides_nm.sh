#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/remote-access.md, "Linux with NetworkManager": the page's commands, one by one, on a host where NetworkManager has
# the network. Debian's packages of it are unpacked in the guest, since one that is installed would take this machine's.
# shellcheck disable=SC2154 # lab_*: the lab's parameters
. "$(dirname "$0")/host_lib"

office=192.168.1.1

# The page begins with apt-get, and asks for the password once.
readarray -t commands < <(commands_of remote-access "Linux with NetworkManager" | grep -v '^apt-get ')

make_manager() {
	local tree

	for tree in "$programs"/network-manager/*; do
		tar -C "$tree/" -c . | tar -C / --keep-directory-symlink -x || return
	done
	rm -f /etc/network/interfaces
	make_host dbus.socket dbus.service
	modprobe -a ppp_mppe ppp_async ppp_synctty
}

# Where there is no udev, NetworkManager takes the network of a container as it is, which it knows by this.
start_manager() {
	nsenter --target "$init" --mount mount -o remount,bind,ro /sys && on_host systemctl start NetworkManager &&
		on_host nmcli connection add type ethernet con-name wire ifname eth0 ipv4.method manual \
			ipv4.addresses 192.0.2.50/24 ipv4.gateway 192.0.2.254 ipv6.method disabled &&
		on_host nmcli connection up wire
}

# With this as what somebody types.
password="correct horse"
type_and_walk() {
	printf '%s\n' "$password" | walk "$1"
}

is_connected() {
	sessions '.[] | [.user, .peer, .mppe.bits] | join(" ")' | grep -x "alice 192\.0\.2\.50 128"
}

goes_through_the_tunnel() {
	ip route get "$1" | grep 'dev ppp0'
}

is_refused() {
	password="wrong horse"
	not type_and_walk "nmcli --ask connection up office" && grep -q 'user "alice".*wrong password' "$work/server.log"
}

again() {
	password="correct horse"
	type_and_walk "nmcli --ask connection up office" && is_connected
}

trap leave_the_guest_as_it_was EXIT
plan $((${#commands[@]} + 12))
check "a host with NetworkManager" make_manager
check "of which systemd is up" start_systemd
topology 0
user alice '"correct horse"'
server_start "dns = { \"$inner_server\" }"
ip -n server link add office type dummy
ip -n server address add "$office/24" dev office
ip -n server link set office up
join_wire
check "it has the network" start_manager
check "the page has three commands" test ${#commands[@]} -eq 3
for command in "${commands[@]:0:2}"; do
	check "$command" type_and_walk "$command"
done
check "the server has the session, encrypted" is_connected
check "everything goes through the tunnel" goes_through_the_tunnel 203.0.113.1
check "the name server is the one of the tunnel" grep -qx "nameserver $inner_server" /etc/resolv.conf
check "the office answers" ping -n -c 1 -W 5 "$office"
check "${commands[2]}" walk "${commands[2]}"
on_host nmcli connection down office > "$work/down.out" 2>&1
check "another password is refused" is_refused
check "the right one is not" again
check "the office is behind the tunnel" eval 'goes_through_the_tunnel "$office" && ping -n -c 1 -W 5 "$office"'
check "and nothing else" not goes_through_the_tunnel 203.0.113.1
finish
