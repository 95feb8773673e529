#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# README's way from a clone to a running service, command by command, in a Debian of which systemd is the first process;
# then a client of it reaches a host behind it. A wrong configuration is started once, and what may mend itself is retried.
#
# The road begins with the in-tree module loaded, nothing of Culvert installed, and a firewall that lets nothing in. There
# is no network, so an apt-get in the guest looks whether this machine has the packages. On UML, where Kbuild takes
# minutes to find nothing to do, a build tree of our own stands in for the kernel's.
# shellcheck disable=SC2154 # lab_*: from params, sourced below
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null # the lab writes it
. /run/lab/params

host=198.51.100.1
configuration=/etc/culvert/culvert.conf
title="From a clone to a running service"

# The commands: what README indents, from this title to the next one.
readarray -t commands < <(awk -v title="$title" '
	$0 == title { on = 1; getline; next }
	on && /^-+$/ { exit }
	on && /^    / { print substr($0, 5) }' "$lab_top/README")

# --- the machine ------------------------------------------------------------------------------------------------

release=$(uname -r)

# Nothing that this machine has enabled is to start in the guest, and nothing of Culvert to be there.
make_fresh() {
	rm -rf {/etc,/usr/lib}/systemd/system/*.wants {/etc,/usr/lib}/systemd/system-generators /var/log/journal
	mkdir -p /etc/systemd/system
	cat > /etc/systemd/system/fresh.target <<-END
		[Unit]
		Requires=sysinit.target systemd-journald.service systemd-journald.socket
		After=sysinit.target systemd-journald.service
	END
	[ "${culvertd[*]}" = culvertd ] || run_by_turns
	rm -rf /etc/culvert /etc/modprobe.d/culvert.conf /usr/local/lib/modprobe.d
	find "/usr/lib/modules/$release/" -name culvert.ko -delete
	depmod
	[ "$lab_kernel" = debian ] || build_tree
	modprobe pptp
	sed -i 's/\(hook \(input\|forward\) priority filter;\).*/\1 policy drop;/' /etc/nftables.conf
	nft -f /etc/nftables.conf
	apt_get > /usr/local/sbin/apt-get
	chmod +x /usr/local/sbin/apt-get
}

# As $culvertd does it, see lib.sh.
run_by_turns() {
	mkdir -p /etc/systemd/system/culvertd.service.d
	printf '[Service]\nCPUSchedulingPolicy=rr\nCPUSchedulingPriority=1\n' > \
		/etc/systemd/system/culvertd.service.d/turns.conf
}

# What our Makefile asks of a build tree, for a module that the lab has built.
build_tree() {
	local tree=/usr/lib/modules/$release/build

	rm "$tree"
	mkdir -p "$tree"/include/{config,generated}
	cp "$lab_kdir/include/config/auto.conf" "$tree/include/config"
	cp "$lab_kdir/include/generated/utsrelease.h" "$tree/include/generated"
	cp "$lab_top/build/lab/$lab_kernel/kernel/culvert.ko" "$tree"
	cat > "$tree/Makefile" <<-'END'
		modules: ; cp culvert.ko $(M)
		modules_install: into = $(INSTALL_MOD_PATH)/lib/modules/$(shell uname -r)/$(INSTALL_MOD_DIR)
		modules_install: modules ; install -D -m 644 -t $(into) culvert.ko
	END
}

apt_get() {
	cat <<-'END'
		#!/bin/bash
		for package in "${@:2}"; do
			case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) in
			installed) echo "$package is installed" ;;
			*)
				# A kernel of the lab has headers, but no package.
				[ "$package" = "linux-headers-$(uname -r)" ] && [ -e "/lib/modules/$(uname -r)/build/Makefile" ] ||
					{ echo "E: Unable to locate package $package"; exit 100; }
				;;
			esac
		done
	END
}

# systemd in namespaces of its own, as in a container; the network is the guest's.
start_systemd() {
	env -i container=lab unshare --mount --pid --fork --kill-child --cgroup --uts --mount-proc \
		/lib/systemd/systemd --unit=fresh.target --show-status=false --log-target=journal > "$work/systemd.log" 2>&1 &
	manager=$!
	wait_for 60 systemd_is_up
}

systemd_is_up() {
	init=$(pgrep -P "$manager" -x systemd) && on_host systemctl is-active fresh.target
}

# What `make` in the guest needs to find up to date what the lab has built for it.
building=(OUT="$lab_top/build/lab/$lab_kernel")
if [ "$lab_kernel" = debian ]; then building+=(KCFLAGS=-g0); else building+=(ARCH=um); fi
! grep -q '^CONFIG_KUNIT=' "$lab_kdir/.config" || building+=(KUNIT=1)

# on_host COMMAND...: as root of that machine, in the checkout.
on_host() {
	nsenter --target "$init" --mount --pid --cgroup --uts env -i -C "$lab_top" HOME=/root USER=root TERM=dumb \
		LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${building[@]}" "$@"
}

# walk COMMAND: one step of the road. What is seen on the way is told with the results, line by line: an emulated processor
# may work on one for so long that a guest which is silent meanwhile would be taken for one that hangs.
exec 3>&1
walk() {
	echo "# | # $1" >&3
	on_host bash -c "$1" 2>&1 | tee "$work/step.out" | sed -u 's/^/# | /' >&3
	local status=${PIPESTATUS[0]}
	cat "$work/step.out"
	return "$status"
}

leave_the_guest_as_it_was() {
	kill_now "$manager"
	nft flush ruleset
	sysctl -q -w net.ipv4.ip_forward=0
	ip -all netns delete
	wait_for 10 not ip link show dev eth0
	clean_up
}

# The server's machine is the guest itself: its eth0 is on the wire, and eth1 leads to a host that knows no way to users.
connect() {
	topology 1
	ip -n wire link add guest type veth peer name eth0 netns $$
	ip -n wire link set guest up master bridge
	ip address add "$outer_server/24" dev eth0
	ip link set eth0 up
	ip netns add lan
	ip -n lan link add eth0 type veth peer name eth1 netns $$
	ip -n lan address add "$host/24" dev eth0
	ip -n lan link set eth0 up
	ip address add 198.51.100.254/24 dev eth1
	ip link set eth1 up
}

# --- the service ------------------------------------------------------------------------------------------------

# is PROPERTY=VALUE...: what systemd says of the service.
is() {
	local all

	all=$(on_host systemctl show culvertd)
	for property; do
		grep -qx "$property" <<< "$all" || {
			echo "not $property but $(grep "^${property%%=*}=" <<< "$all")"
			return 1
		}
	done
}

# journal_says PATTERN OPTION...: whether journalctl, given the options, shows a line that matches.
journal_says() {
	local pattern=$1

	shift
	on_host journalctl -o cat "$@" > "$work/journal.log"
	grep -q -e "$pattern" "$work/journal.log" || { cat "$work/journal.log"; return 1; }
}

reaches_the_host() {
	ip -n client1 route replace "$host" dev ppp0 && ping_from client1 "$host"
}

refused_once() {
	! on_host systemctl restart culvertd || return
	is ActiveState=failed SubState=failed NRestarts=0 ExecMainStatus=2 && wait_for 5 one_failure_is_told
}

one_failure_is_told() {
	local failures

	failures=$(on_host journalctl -u culvertd -o cat | grep -c 'Main process exited.*status=2/INVALIDARGUMENT')
	echo "$failures failures"
	[ "$failures" = 1 ]
}

# The words of the process that ended last, with the priority of errors.
place_is_told() {
	journal_says "^$configuration:$(grep -c '' "$configuration"): there is no option \"flux\" in log" \
		-p err "_PID=$(on_host systemctl show -P ExecMainPID culvertd)"
}

is_tried_again() {
	[ "$(on_host systemctl show -P NRestarts culvertd)" -ge 2 ]
}

trap leave_the_guest_as_it_was EXIT
plan $((${#commands[@]} + 14))
make_fresh > "$work/fresh.log" 2>&1
check "a Debian with systemd is up" start_systemd
connect
check "README has a road" test ${#commands[@]} -ge 15
for command in "${commands[@]}"; do
	check "$command" walk "$command"
done

check "the service runs, and will after the next boot" \
	eval 'is ActiveState=active SubState=running NRestarts=0 && on_host systemctl is-enabled culvertd'
check "the journal tells that it is ready" journal_says 'is ready' -u culvertd
dial client1 alice "a good password"
check "a client gets an address" wait_for 20 is_up client1
check "it reaches a host behind the server" wait_for 5 reaches_the_host
check "the session is listed" eval 'walk "pppctl session list"; grep alice "$work/step.out"'
hang_up client1

echo 'log { flux = 1 }' >> $configuration
check "a wrong configuration is refused by a reload" eval '! on_host systemctl reload culvertd && is ActiveState=active'
check "and is started once, to no end" refused_once
walk "systemctl status culvertd" > /dev/null
check "the journal tells file and line, as an error" place_is_told
sed -i '$d' $configuration
check "mended, it starts" on_host systemctl restart culvertd

on_host systemctl stop culvertd
socat TCP-LISTEN:1723 - < /dev/null > "$work/socat.log" 2>&1 &
other=$!
wait_for 5 eval '[ -n "$(ss -Hltn "sport = :1723")" ]' || echo "# nothing takes the port"
! on_host systemctl start culvertd 2> /dev/null || echo "# it starts where the port is taken"
check "a port that is taken is tried again" wait_for 30 is_tried_again
kill_now $other
check "until it is free" wait_for 20 is ActiveState=active
check "or for a minute" is StartLimitBurst=30 StartLimitIntervalUSec=5min
finish
