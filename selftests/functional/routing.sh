#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Routes to users, as docs/routing.md tells: BIRD, with the configuration from there, announces them by OSPF to another
# router while the user is there, with both kinds of links. And a user's mark leads his packets into another table.
. "$(dirname "$0")/lib.sh"

lan=192.168.5.0/24
behind=192.168.5.1
other=203.0.113.1
names=/etc/iproute2/rt_protos.d/culvert.conf

# The guest's folders of administration need not be on the path.
PATH=$PATH:/usr/sbin

# bird_start NAMESPACE: with the configuration in $work/NAMESPACE.bird.
bird_start() {
	in_ns "$1" bird -f -c "$work/$1.bird" -s "$work/$1.ctl" -P "$work/$1.pid" > "$work/$1.bird.log" 2>&1 &
}

documented_config() {
	echo 'log stderr all;'
	sed -n '/^```bird$/,/^```$/p' "$functional/../../docs/routing.md" | grep -v '^```'
}

router_config() {
	cat <<-END
		log stderr all;
		router id 192.0.2.91;
		protocol device { }
		protocol kernel { ipv4 { export all; }; }
		protocol ospf v2 { area 0 { interface "eth0"; }; }
	END
}

# told PREFIX: whether the other router has learnt of it.
told() {
	ip -n router route show "$1" | tee /dev/stderr | grep -q "via $outer_server dev eth0 proto bird"
}

is_full() {
	birdc -r -s "$work/router.ctl" show ospf neighbors | tee /dev/stderr | grep -q Full
}

# routes_are LINE...: those of protocol 47, by the name that the document gives it.
routes_are() {
	ip -n server route show proto culvert | tr -s ' ' | sed 's/ $//' | tee /dev/stderr | cmp - <(printf '%s\n' "$@")
}

plan 29
topology 2
attach router 192.0.2.91
attach exit 192.0.2.92
in_ns server sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
ip -n client1 address add "$behind/32" dev lo
ip -n exit address add "$other/32" dev lo
ip -n exit route add 10.99.0.0/24 via "$outer_server"
ip -n server rule add fwmark 0x10 lookup 100
ip -n server route add "$other" via 192.0.2.92 table 100
# A route of somebody else, which is nobody's business.
ip -n server route add 198.51.100.0/24 via 192.0.2.12
mkdir -p "${names%/*}"
sed -n "s/^ *echo '\(47 .*\)' > .*/\1/p" "$functional/../../docs/routing.md" > "$names"
check "the document has a name for the protocol" grep -qx '47 culvert' "$names"
documented_config > "$work/server.bird"
router_config > "$work/router.bird"
bird_start server
server_bird=$!
bird_start router
router_bird=$!
check "two routers know each other" wait_for 120 is_full
for link in session shared; do
	server_sections="user \"alice\" { routes = { \"$lan\" }  user-mark = 0x10 }"
	check "$link: a server" server_start "link = $link"
	dial client1 alice wonder
	check "$link: alice comes up" wait_for 30 is_up client1
	inner=$(address_of client1 | sed 's,[ /].*,,')
	if [ $link = shared ]; then
		check "$link: her routes have our protocol" wait_for 5 routes_are \
			"$inner dev pptp0 scope link src $inner_server" "$lan via $inner dev pptp0 onlink"
	else
		check "$link: her route has our protocol" wait_for 5 routes_are "$lan dev pptp0 scope link"
	fi
	check "$link: the other router is told of her network" wait_for 60 told "$lan"
	check "$link: and of her address" wait_for 60 told "$inner"
	check "$link: and reaches both" eval 'ping_from router "$behind" && ping_from router "$inner"'
	check "$link: nobody else's route is told" not told 198.51.100.0/24
	ip -n client1 route add "$other" dev ppp0
	check "$link: her mark leads her into the other table" ping_from client1 "$other"
	dial client2 bob builder
	check "$link: bob comes up" wait_for 30 is_up client2
	ip -n client2 route add "$other" dev ppp0
	check "$link: where bob does not get" not ping_from client2 "$other"
	hang_up client1
	hang_up client2
	check "$link: the other router forgets her" wait_for 60 eval 'not told "$lan" && not told "$inner"'
	kill -TERM "$server_pid"
	check "$link: the server ends in good order" wait "$server_pid"
	check "$link: without routes" eval '[ -z "$(ip -n server route show proto culvert)" ]'
done
kill_now "$server_bird"
kill_now "$router_bird"
rm -f "$names"
check "BIRD found nothing odd in routes" not grep strange "$work/server.bird.log"
finish
