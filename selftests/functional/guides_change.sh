#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/from-pptpd.md on a host that has Debian's pptpd: the page's change is made command by command, and a client that
# knows nothing of it is served by Culvert as it was by pptpd; with the configuration of the page as well; and back again.
# Then docs/from-accel-ppp.md on a host where something else stands in for accel-ppp, which Debian 12 does not have.
# shellcheck disable=SC2154 # lab_*: the lab's parameters
. "$(dirname "$0")/host_lib"

lan_host=192.168.0.10
remote_ips="192.168.0.234 192.168.0.235 192.168.0.236 192.168.0.237 192.168.0.238 192.168.0.245"

readarray -t from_pptpd < <(commands_of from-pptpd "The change")
readarray -t from_accel < <(commands_of from-accel-ppp "The change")

# --- pptpd ------------------------------------------------------------------------------------------------------

# The files as the package has them, with the lines that the page shows.
make_pptpd() {
	make_host
	printf 'localip 192.168.0.1\nremoteip 192.168.0.234-238,192.168.0.245\n' >> /etc/pptpd.conf
	echo 'ms-dns 192.168.0.2' >> /etc/ppp/pptpd-options
	(umask 077 && file_of from-pptpd /etc/culvert/secrets > /etc/ppp/chap-secrets)
	sysctl -q -w net.ipv4.ip_forward=1
	modprobe -a ppp_mppe ppp_async ppp_synctty
}

install_culvert() {
	on_host make -s install-userland && on_host systemctl daemon-reload
}

has_address() {
	address_of client1 | grep -q '^192\.168\.0\.'
}

# is_served_by PROGRAM: the client dials, and gets what the page's files promise; PROGRAM is what answers.
is_served_by() {
	ss -Hltnp 'sport = :1723' | grep -q "\"$1\"" || { ss -ltnp; return 1; }
	dial client1 alice "correct horse" usepeerdns
	wait_for 30 has_address && grep -a 'IP address\|DNS address\|MPPE.*enabled' "$work/client1.log" && gets_what_it_should
	local status=$?
	hang_up client1
	return "$status"
}

gets_what_it_should() {
	local address

	address=$(address_of client1)
	grep -qwF "${address%/*}" <<< "$remote_ips" && grep -aq 'remote IP address 192\.168\.0\.1$' "$work/client1.log" &&
		grep -aq 'primary *DNS address 192\.168\.0\.2$' "$work/client1.log" &&
		grep -aq 'MPPE 128-bit stateless compression enabled' "$work/client1.log" &&
		ip -n client1 route replace "$lan_host" dev ppp0 && ping_from client1 "$lan_host"
}

is_refused() {
	dial client1 alice "wrong horse"
	wait_for 30 has_ended client1 && grep -a 'E=691' "$work/client1.log"
}

by_hand() {
	walk "$(commands_of from-pptpd "Side by side" | grep '^install ')" &&
		put_file from-pptpd /etc/culvert/culvert.conf && walk "culvertd --check && pppctl reload"
}

# As the page's last paragraph says it.
way_back() {
	local back

	back=$(tr '\n' ' ' < "$lab_top/docs/from-pptpd.md" | grep -o 'the way back is `[^`]*` and *`[^`]*`' |
		grep -o '`[^`]*`' | tr -d '`')
	[ "$(wc -l <<< "$back")" = 2 ] && walk "$back"
}

# --- accel-ppp --------------------------------------------------------------------------------------------------

# What counts of it: a service that keeps the in-tree module busy as long as its configuration names pptp.
make_accel() {
	on_host systemctl disable --now pptpd && wait_for 10 module_is_idle && modprobe -r culvert && modprobe pptp &&
		put_file from-accel-ppp /etc/accel-ppp.conf && rm -rf /etc/culvert/* || return
	cat > /etc/systemd/system/accel-ppp.service <<-'END'
		[Service]
		ExecStart=/bin/sh -c 'grep -qx pptp /etc/accel-ppp.conf && exec socat TCP-LISTEN:1723,fork -; exec sleep infinity'
	END
	on_host systemctl daemon-reload && on_host systemctl start accel-ppp && wait_for 10 is_taken
}

is_taken() {
	[ -n "$(ss -Hltn 'sport = :1723')" ]
}

# By pppctl import, with the file that it names at its end, and then as the page has it.
configure_for_accel() {
	local file

	pppctl import accel-ppp /etc/accel-ppp.conf > /etc/culvert/culvert.conf || return
	file=$(sed -n 's/^# \(\/etc\/culvert\/.*\.secret\), from .*/\1/p' /etc/culvert/culvert.conf)
	(umask 077 && grep -F -A 1 "# $file, from" /etc/culvert/culvert.conf | sed -n 's/^# \(testing.*\)/\1/p' > "$file") &&
		walk "culvertd --check" || return
	for file in culvert.conf radius.secret; do
		put_file from-accel-ppp "/etc/culvert/$file" || return
	done
	walk "$(commands_of from-accel-ppp "Side by side")" && sed -i '/^pptp$/d' /etc/accel-ppp.conf
}

trap leave_the_guest_as_it_was EXIT
plan $((${#from_pptpd[@]} + ${#from_accel[@]} + 13))
check "a host with pptpd" make_pptpd
check "of which systemd is up" start_systemd
connect "$outer_server/24" 192.168.0.1/24 "$lan_host/24"
check "runs it" on_host systemctl enable --now pptpd
wait_for 10 is_taken || echo "# pptpd does not come up"
check "a client is served by it" is_served_by pptpd
check "Culvert is installed beside it" install_culvert
for command in "${from_pptpd[@]}"; do
	check "$command" walk "$command"
done
check "the same client is served the same" is_served_by culvertd
check "and refused with another password" is_refused
check "the configuration of the page takes over" by_hand
check "and serves the client the same" is_served_by culvertd
check "the way back" eval 'way_back && wait_for 10 is_served_by pptpd'

check "a host with what stands in for accel-ppp" make_accel
check "a configuration for it" configure_for_accel
for command in "${from_accel[@]}"; do
	check "$command" walk "$command"
done
check "Culvert has the port, and knows its RADIUS server" \
	eval '[[ $(ss -Hltnp "sport = :1723") = *culvertd* ]] && pppctl radius list | grep -w alpha'
finish
