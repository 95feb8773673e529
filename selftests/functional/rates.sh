#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a user sends and gets keeps to his rate, over TCP to within 3 percent in ten seconds, near and far away; nobody
# else is slower for it. His packets have his mark and his class, in both directions, with both kinds of links.
. "$(dirname "$0")/lib.sh"
. "$functional/rates_lib"

up=2000000
down=5000000

# keeps_to RATE FROM TO ADDRESS INTERFACE: what comes out of the tunnel there is that many bits a second.
keeps_to() {
	local before after

	before=$(arrived "$3" "$5")
	stream "$2" "$3" "$4"
	sleep "$seconds"
	after=$(arrived "$3" "$5")
	wait $! 2> /dev/null
	sleep 2
	is_near "$1" 3 $((after - before))
}

# distance MILLISECONDS: one way, between the server and alice.
distance() {
	tc -n wire qdisc replace dev client1 root netem delay "$1ms" limit 10000 &&
		tc -n wire qdisc replace dev server root netem delay "$1ms" limit 10000
}

# count_marks: packets with alice's mark and class, as they come out of the tunnel and as they leave for her.
count_marks() {
	in_ns server nft -f - <<-'END'
		table inet marks {
			counter from_alice { }
			counter to_alice { }
			counter classified { }
			chain in {
				type filter hook input priority 0
				meta mark 0x10 ip saddr 10.99.0.0/16 counter name from_alice
			}
			chain out {
				type filter hook output priority 0
				meta mark 0x10 ip protocol gre counter name to_alice
				meta priority 1:10 ip protocol gre counter name classified
			}
		}
	END
}

all_are_counted() {
	in_ns server nft -j list counters | tee /dev/stderr | jq -e \
		'[.nftables[].counter? | select(. != null) | .packets >= 3] | length == 3 and all' > /dev/null
}

# rates_of USER: those in effect for the session.
rates_of() {
	pppctl session show "$(sessions ".[] | select(.user == \"$1\") | .id")" | grep 'in effect  *rate'
}

# set_rate RATE: the most that alice may get from now on.
set_rate() {
	pppctl session set "$(sessions '.[] | select(.user == "alice") | .id')" "rate-down=$1"
}

plan 26
topology 2
for link in session shared; do
	server_sections="user \"alice\" { rate-up = 2M  rate-down = 5M  user-mark = 0x10  user-priority = 1:10 }"
	check "$link: a server" server_start "link = $link"
	dial client1 alice wonder
	check "$link: alice comes up" wait_for 30 is_up client1
	distance 1
	inner=$(address_of client1 | sed 's,[ /].*,,')
	check "$link: she gets what her rate is" keeps_to $down server client1 "$inner" ppp0
	check "$link: and may send so much" keeps_to $up client1 server "$inner_server" pptp0
	check "$link: a rate is changed while she is there" eval 'set_rate 2M && rates_of alice | grep "down 2000000 bit/s"'
	check "$link: she gets that" keeps_to 2000000 server client1 "$inner" ppp0
	check "$link: and no limit, and again what she had" \
		eval 'set_rate 0 && ! rates_of alice | grep down && set_rate 5M && rates_of alice | grep "down 5000000 bit/s"'
	# For some seconds after a drop, what is not used is kept.
	sleep 5
	distance 10
	check "$link: far away, she gets her rate, too" keeps_to $down server client1 "$inner" ppp0
	check "$link: and may send so much" keeps_to $up client1 server "$inner_server" pptp0
	distance 0
	check "$link: rules for her mark and class" count_marks
	ping_from client1 "$inner_server" > /dev/null
	check "$link: her packets have both" all_are_counted
	in_ns server nft delete table inet marks
	dial client2 bob builder
	check "$link: bob has no limit" eval 'wait_for 30 is_up client2 && rates_of alice && ! rates_of bob'
	hang_up client1
	hang_up client2
	kill -TERM "$server_pid"
	check "$link: the server ends in good order, and nothing is left" eval 'wait "$server_pid" && nothing_left server'
done
finish
