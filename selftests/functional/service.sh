#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# README's way from a clone to a running service, command by command, in a Debian of which systemd is the first process;
# then a client of it reaches a host behind it. A wrong configuration is started once, and what may mend itself is retried.
#
# The road begins with the in-tree module loaded, nothing of Culvert installed, and a firewall that lets nothing in. There
# is no network, so an apt-get in the guest looks whether this machine has the packages. On UML, where Kbuild takes
# minutes to find nothing to do, a build tree of our own stands in for the kernel's.
# shellcheck disable=SC2154 # lab_*: the lab's parameters
. "$(dirname "$0")/host_lib"

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

# Nothing of Culvert is to be there.
make_fresh() {
	make_host
	rm -rf /etc/modprobe.d/culvert.conf /usr/local/lib/modprobe.d
	find "/usr/lib/modules/$release/" -name culvert.ko -delete
	depmod
	[ "$lab_kernel" = debian ] || build_tree
	modprobe pptp
	sed -i 's/\(hook \(input\|forward\) priority filter;\).*/\1 policy drop;/' /etc/nftables.conf
	nft -f /etc/nftables.conf
	apt_get > /usr/local/sbin/apt-get
	chmod +x /usr/local/sbin/apt-get
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

# What `make` in the guest needs to find up to date what the lab has built for it.
host_env=(OUT="$lab_top/build/lab/$lab_kernel")
if [ "$lab_kernel" = debian ]; then host_env+=(KCFLAGS=-g0); else host_env+=(ARCH=um); fi
! grep -q '^CONFIG_KUNIT=' "$lab_kdir/.config" || host_env+=(KUNIT=1)

# --- the service ------------------------------------------------------------------------------------------------

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
plan $((${#commands[@]} + 16))
make_fresh > "$work/fresh.log" 2>&1
check "a Debian with systemd is up" start_systemd
connect "$outer_server/24" 198.51.100.254/24 "$host/24"
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
check "the journal has the user in a field" journal_says '"CULVERT_USER" *: *"alice"' -o json CULVERT_EVENT=session-up
on_host journalctl --update-catalog
check "and says in words what that means" journal_says 'Subject: Session .* of alice is up' -o short -x CULVERT_USER=alice

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
