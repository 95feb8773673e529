#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users' addresses in sets of nftables: there while the user is, with both kinds of links; told when they cannot be; back
# when the firewall was loaded anew; and gone when a daemon starts after one that was killed.
. "$(dirname "$0")/lib.sh"

# An administrator's firewall: guests are counted, and one address is in the set already.
firewall() {
	in_ns server nft -f - <<-'END'
		flush ruleset
		table inet filter {
			set guests { type ipv4_addr; elements = { 10.99.0.99 }; }
			chain input {
				type filter hook input priority 0
				ip saddr @guests counter
			}
		}
	END
}

# elements_are SET ADDRESS...
elements_are() {
	local set=$1

	shift
	# shellcheck disable=SC2086 # family, table and name
	in_ns server nft -j list set $set |
		jq -r '.nftables[].set? | select(. != null) | .elem[]? | if type == "object" then .elem.val else . end' |
		sort > "$work/elements"
	printf '%s\n' "$@" | sort | cmp - "$work/elements" || {
		cat "$work/elements"
		return 1
	}
}

are_counted() {
	in_ns server nft list chain inet filter input | tee /dev/stderr | grep -q 'counter packets [1-9]'
}

# told N WHAT: so many lines of the log have it.
told() {
	grep "$2" "$work/server.log"
	[ "$(grep -c "$2" "$work/server.log")" = "$1" ]
}

is_shown() {
	pppctl session show "$(sessions '.[] | select(.user == "alice") | .id')" | tee /dev/stderr |
		grep -q 'in effect  *nft set filter guests, ip nat trusted' &&
		pppctl status | tee /dev/stderr | grep -q 'nft sets  *2 elements, 0 refused'
}

plan 33
topology 2
firewall
server_sections='profile "guests" { nft-set = "filter guests, ip nat trusted" } user "alice" { profile = guests }'
for link in session shared; do
	check "$link: a server" server_start "link = $link"
	dial client1 alice wonder
	check "$link: alice comes up" wait_for 30 is_up client1
	inner=$(address_of client1 | sed 's,[ /].*,,')
	check "$link: she is in the set" wait_for 5 elements_are "inet filter guests" 10.99.0.99 "$inner"
	ping_from client1 "$inner_server" > /dev/null
	check "$link: the rules see her" are_counted
	check "$link: a set that is not there is told" wait_for 5 told 1 'nft-set: ip nat trusted, .*: there is no such set'
	in_ns server nft 'add table ip nat; add set ip nat trusted { type ipv4_addr; size 1; }'
	check "$link: she is in it when it is made" wait_for 30 elements_are "ip nat trusted" "$inner"
	check "$link: pppctl tells it" is_shown
	dial client2 bob builder
	check "$link: bob is in none" eval \
		'wait_for 30 is_up client2 && elements_are "inet filter guests" 10.99.0.99 "$inner"'
	firewall
	check "$link: a firewall that is loaded anew has her soon" \
		wait_for 30 elements_are "inet filter guests" 10.99.0.99 "$inner"
	hang_up client2
	hang_up client1
	check "$link: she leaves it" wait_for 5 elements_are "inet filter guests" 10.99.0.99
	dial client1 alice wonder
	check "$link: she comes again" wait_for 30 is_up client1
	inner=$(address_of client1 | sed 's,[ /].*,,')
	check "$link: and is in it" wait_for 5 elements_are "inet filter guests" 10.99.0.99 "$inner"
	kill -TERM "$server_pid"
	check "$link: the server ends in good order" wait "$server_pid"
	check "$link: and leaves nobody in it" elements_are "inet filter guests" 10.99.0.99
	hang_up client1
done
server_start
dial client1 alice wonder
check "she comes once more" wait_for 30 is_up client1
inner=$(address_of client1 | sed 's,[ /].*,,')
check "and is in the set" wait_for 5 elements_are "inet filter guests" 10.99.0.99 "$inner"
kill_now "$server_pid"
signal_client client1 KILL
check "the daemon is killed, and she stays there" elements_are "inet filter guests" 10.99.0.99 "$inner"
server_start
check "the next one removes her, and nobody else" elements_are "inet filter guests" 10.99.0.99
check "and says so" told 1 'removed 1 address that an earlier culvertd left in the set inet filter guests'
finish
