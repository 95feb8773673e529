#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pppctl init on a fresh host: what it writes is a server that a client comes in to with the password that was made, and
# what it says of the host is so, and is mended by --apply. Then its questions are answered on a terminal.
. "$(dirname "$0")/lib.sh"

host=198.51.100.1
etc=/etc/culvert
nft_conf=/etc/nftables.conf
forward_conf=/etc/sysctl.d/60-culvert.conf

# init STATUS OPTION...: whether init ends with that status; what it says is in $work/said.
init() {
	local want=$1 status

	shift
	in_ns server pppctl init "$@" < /dev/null > "$work/said" 2>&1
	status=$?
	cat "$work/said"
	[ "$status" = "$want" ] || { echo "status $status"; return 1; }
}

# says TEXT...: each is in what init has said.
says() {
	local text

	for text; do
		grep -q -F -e "$text" "$work/said" || { echo "does not say: $text"; cat "$work/said"; return 1; }
	done
}

says_not() {
	! says "$@" > /dev/null
}

password() {
	sed -n 's/^The password of alice, which is shown this once: //p' "$work/said"
}

# A fresh host: the in-tree module is loaded, nothing is forwarded, and Debian's firewall lets nothing in.
make_fresh() {
	mkdir -p "$work"/kept{,/sysctl.d}
	mv "$etc" "$nft_conf" "$work/kept/" 2> /dev/null
	mv $forward_conf "$work/kept/sysctl.d/" 2> /dev/null
	cat > $nft_conf <<-'END'
		#!/usr/sbin/nft -f
		flush ruleset
		table inet filter {
			chain input {
				type filter hook input priority filter; policy drop;
				ct state vmap { established : accept, related : accept }
				iifname lo accept
				meta l4proto icmp accept
			}
			chain forward {
				type filter hook forward priority filter; policy drop;
			}
		}
	END
	in_ns server nft -f $nft_conf
	modprobe -r culvert
	modprobe pptp
}

leave_the_guest_as_it_was() {
	[ -z "$daemon" ] || kill_now "$daemon"
	rm -rf "$etc" "$nft_conf" "$forward_conf"
	cp -a "$work"/kept/. /etc/
	modprobe -q -r pptp
	clean_up
}

daemon_start() {
	in_ns server "${culvertd[@]}" > "$(new_log server)" 2>&1 &
	daemon=$!
	wait_for 10 server_listens
}

daemon_stop() {
	kill -TERM "$daemon"
	wait "$daemon"
	daemon=
}

is_encrypted() {
	[ "$(sessions '.[0].mppe.bits')" = 128 ]
}

reaches_the_host() {
	ip -n client1 route replace "$host" dev ppp0 && ping_from client1 "$host"
}

# init_on_terminal STATUS PROMPT=ANSWER... -- OPTION...: the same for init on a terminal.
init_on_terminal() {
	local want=$1 dialogue=() status

	shift
	while [ "$1" != -- ]; do
		dialogue+=("$1")
		shift
	done
	in_ns server "$functional/on_terminal.py" "${dialogue[@]}" -- pppctl init "${@:2}" > "$work/said"
	status=$?
	cat "$work/said"
	[ "$status" = "$want" ] || { echo "status $status"; return 1; }
}

daemon=
trap leave_the_guest_as_it_was EXIT
topology 1
ip netns add lan
ip -n lan link add eth0 type veth peer name eth1 netns server
ip -n lan address add "$host/24" dev eth0
ip -n lan link set eth0 up
ip -n server address add 198.51.100.254/24 dev eth1
ip -n server link set eth1 up
ip -n server route add default via 198.51.100.1
make_fresh
plan 35

check "without a terminal it wants to be told not to ask" eval 'init 2 --user alice && says "--yes"'
check "an option that is unknown" init 2 --frobnicate
check "addresses that are none" init 2 --yes --pool 10.99.0.0/33
check "nothing is written by any of it" not test -e $etc
check "a configuration is made, and something is left to do" init 4 --yes --user alice
made=$(password)
check "a password is shown" eval '[[ $made =~ ^[a-z2-9]{4}(-[a-z2-9]{4}){3}$ ]]'
check "root alone reads it" eval '[ "$(stat -c "%a %U" $etc/secrets)" = "600 root" ] && grep -q -F "$made" $etc/secrets'
check "the daemon finds nothing wrong" in_ns server timeout $((10 * slowness)) culvertd --check
check "it tells of the in-tree module" says "module pptp is loaded" "modprobe -r pptp"
check "of forwarding" says "does not forward packets" "echo net.ipv4.ip_forward=1 > $forward_conf"
check "of the firewall, by chain" says "drops TCP to port 1723 (inet filter input), GRE" \
	"nft 'insert rule inet filter input meta l4proto gre accept'" \
	"nft 'insert rule inet filter forward iifname \"pptp*\" accept'"
check "and of what devices need" says "-TunnelType Pptp" "MS-CHAPv2" "server       198.51.100.254"
cp -a $etc "$work/before"
check "what is there is not replaced" eval 'init 1 --yes --user bob && says "stays as it is" && diff -r $etc "$work/before"'

check "what can be done is done" eval 'init 4 --check --apply && says "added these rules" && says "removed the module pptp"'
check "the daemon is all that is left" eval '[ "$(grep -c "TO DO" <(sed "1,/This host now/d" "$work/said"))" = 1 ] &&
	says "culvertd does not run"'
check "culvert is in the place of pptp" eval '[ -e /sys/module/culvert ] && [ ! -e /sys/module/pptp ]'
check "packets are forwarded, and will be" eval '[ "$(in_ns server cat /proc/sys/net/ipv4/ip_forward)" = 1 ] &&
	grep -q -x net.ipv4.ip_forward=1 $forward_conf'
check "the rules will be there after the next boot" eval 'in_ns server nft -f $nft_conf && init 4 --check &&
	says "the firewall lets PPTP in" "under an address of this host"'
check "they are added once" eval 'init 4 --check --apply && [ "$(grep -c 1723 $nft_conf)" = 1 ]'

check "the daemon starts" daemon_start
check "nothing is left to do" eval 'init 0 --check && says_not "TO DO"'
dial client1 alice "$made"
check "a client gets an address" wait_for 20 is_up client1
check "it is encrypted" is_encrypted
check "it reaches a host that knows no way to it" wait_for 5 reaches_the_host
check "a session changes nothing of what is said" init 0 --check
check "the daemon takes another configuration over" eval 'init 0 --yes --force --apply --dns 192.0.2.53,192.0.2.54 &&
	says "runs with another configuration" "has taken the configuration over" && session_count 1'
hang_up client1
daemon_stop

in_ns server socat TCP-LISTEN:1723,reuseaddr - < /dev/null > "$work/socat.log" 2>&1 &
other=$!
check "a port that is taken, and by whom" eval 'wait_for 5 listens server 1723 && init 4 --check &&
	says "TCP port 1723 is taken by socat"'
kill_now $other

check "a link in the place of the secrets is not followed" eval 'mv $etc/secrets "$work/moved" &&
	ln -s "$work/moved" $etc/secrets && init 1 --yes --force --user bob && says "is a symbolic link" &&
	[ "$(stat -c %F $etc/secrets)" = "symbolic link" ] && mv "$work/moved" $etc/secrets'
ip -n server route add 10.99.0.0/16 via 198.51.100.1
check "addresses that another network has" eval 'init 4 --check && says "also those of 10.99.0.0/16, which eth1 has"'
check "a password is read from a descriptor" eval 'init 4 --yes --force --user carol --password-fd 9 9<<< "green tea" &&
	grep -q "^\"carol\".*\"green tea\"" $etc/secrets && says_not "green tea"'

check "questions are asked on a terminal" init_on_terminal 4 \
	"call (the default route has 198.51.100.254) [all]: =192.0.2.300" "Address or interface=eth0" \
	"users [10.100.0.0/24]: =" "told [none]: =192.0.2.53" "user [none]: =bob" \
	"Enter: one is made, and shown): =brown cow" "Once more: =brown cow" \
	"of it now? [y/N]: =y" -- --force
check "and the password is not shown there" eval 'says "Wrote" && says_not "brown cow"'
check "answers are in the configuration" eval 'grep -q "listen = { \"192.0.2.1\" }" $etc/culvert.conf &&
	grep -q "range = { \"10.100.0.10-10.100.0.250\" }" $etc/culvert.conf &&
	grep -q "dns = { \"192.0.2.53\" }" $etc/culvert.conf'
check "and have been acted on" eval 'in_ns server nft list table ip pptp_users | grep "saddr 10.100.0.0/24.*masquerade"'
check "and all users in the secrets" eval '[ "$(grep -c "^\"\(alice\|bob\|carol\)\"" $etc/secrets)" = 3 ] &&
	grep -q "^\"bob\".*\"brown cow\"" $etc/secrets'
finish
