#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A client whose Configure-Acks get lost is open before the server is: the server has answered its third request. The first
# packet that it sends is answered all the same.
. "$(dirname "$0")/lib.sh"

# lose_acks PROTOCOL: the server receives no Configure-Ack of PROTOCOL, four hexadecimal digits, behind a GRE header with an
# acknowledgment or without.
lose_acks() {
	in_ns server nft -f - <<-END
		table ip wire {
			chain in {
				type filter hook input priority 0;
				ip protocol gre @nh,256,40 0xff03${1}02 drop
				ip protocol gre @nh,288,40 0xff03${1}02 drop
			}
		}
	END
}

mend() {
	in_ns server nft delete table ip wire
}

# The first packet leaves as soon as the client is up. In time travel no time passes before.
greet_when_up() {
	cat > /etc/ppp/ip-up <<-END
		#!/bin/sh
		ping -n -q -c 1 -W $((2 * slowness)) "\$5" > "$work/ping.new" 2>&1
		mv "$work/ping.new" "$work/ping"
	END
	chmod +x /etc/ppp/ip-up
}

# is_answered PROTOCOL: the client comes up, its first packet is answered, and the session is not up then.
is_answered() {
	rm -f "$work/ping"
	lose_acks "$1"
	dial client1 alice wonder
	wait_for 40 test -e "$work/ping" || return
	pppctl session list
	session_count 0 && mend && cat "$work/ping" && grep ' 1 received' "$work/ping"
}

hangs_up() {
	hang_up client1
	wait_for 20 server_is_clean
}

plan 5
topology 1
server_start
greet_when_up
check "a client whose Acks of IPCP get lost is answered at once" is_answered 8021
check "and hangs up" hangs_up
check "so is one whose Acks of CCP get lost" is_answered 80fd
check "and hangs up" hangs_up
dial client1 alice wonder
check "on a good wire it comes up" wait_for 20 session_count 1
finish
