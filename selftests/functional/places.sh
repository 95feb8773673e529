#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where users land: in VRFs whose addresses overlap, with the routes behind them, by server and by user; on interfaces that
# have their names, whatever they call themselves.
. "$(dirname "$0")/lib.sh"

# interfaces_are NAME...: those of sessions in `server`.
interfaces_are() {
	ip -n server -br link show type pptp | awk '{ print $1 }' | sort | tee /dev/stderr | tr '\n' ' ' | grep -qxF "$* "
}

no_interfaces() {
	[ "$(sessions length)" = 0 ] && [ -z "$(ip -n server -br link show type pptp)" ]
}

# vrf NAME TABLE
vrf() {
	ip -n server link add "$1" type vrf table "$2"
	ip -n server link set "$1" up
}

# field NAME FILTER: of the session of that user.
field() {
	sessions ".[] | select(.user == \"$1\" and .state == \"up\") | .$2"
}

# shows USER TEXT...: what pppctl has of the user's session.
shows() {
	pppctl session show "$(field "$1" id)" | tee /dev/stderr | grep -qE "$2"
}

# routed VRF|- PREFIX INTERFACE: whether that is where the route is, and nowhere else.
routed() {
	local elsewhere

	if [ "$1" = - ]; then
		ip -n server route show "$2" | grep "dev $3 "
		return
	fi
	elsewhere=$(ip -n server route show "$2")
	ip -n server route show vrf "$1" "$2" | grep "dev $3 " && [ -z "$elsewhere" ]
}

in_vrf() {
	in_ns server ping -I "$1" -n -q -c 2 -W $((5 * slowness)) "$2"
}

log_says() {
	grep -E "$1" "$work/server.log"
}

plan 61
topology 3
vrf red 101
vrf blue 102
user carol singing
user '../all' hostile
user '"a b;$(c)%d~1"' hostile

# --- names of interfaces -----------------------------------------------------------------------------------------

check "interfaces are named as users" server_start 'interface-name = "ppp-%u"'
dial client1 alice wonder
check "alice comes" wait_for 30 is_up client1
check "her interface has her name" interfaces_are ppp-alice
dial client2 alice wonder
check "and once more" wait_for 30 session_count 2
check "a second one has a number" interfaces_are ppp-alice ppp-alice~1
hang_up client1
check "when the first is gone" wait_for 10 session_count 1
dial client1 alice wonder
check "she comes again" wait_for 30 session_count 2
check "and has her name at once" interfaces_are ppp-alice ppp-alice~1
dial client3 '../all' hostile
check "a name that is a path" wait_for 30 session_count 3
check "becomes one that is none, with a number" interfaces_are ppp-.._all~1 ppp-alice ppp-alice~1
hang_up client3
wait_for 10 session_count 2
dial client3 'a b;$(c)%d~1' hostile
check "a name that is all sorts of things" wait_for 30 session_count 3
check "becomes plain" interfaces_are ppp-a_b___c__~1 ppp-alice ppp-alice~1
hang_up client1
hang_up client2
hang_up client3
check "nothing is left" wait_for 20 no_interfaces
kill_now "$server_pid"

# --- VRFs --------------------------------------------------------------------------------------------------------

# Both have the same addresses, in two VRFs.
server_sections='
pool "red" { range = { 10.50.0.10-10.50.0.20 }  user-vrf = "red" }
pool "blue" { range = { 10.50.0.10-10.50.0.20 }  user-vrf = "blue" }
profile "red" { user-vrf = "red"  pool = "red" }
user "alice" { profile = "red"  routes = { 192.168.5.0/24 } }
user "bob" { user-vrf = "blue"  pool = "blue"  routes = { 192.168.5.0/24 } }
user "carol" { user-vrf = "green" }'
check "users of two VRFs" server_start 'interface-name = "ppp-%u"'
check "one that is not there is told" log_says 'warning: .*: user-vrf is "green", which there is not'
dial client1 alice wonder
dial client2 bob builder
check "alice and bob come" wait_for 30 session_count 2
check "with the same address" eval '[ "$(field alice remote_address) $(field bob remote_address)" = "10.50.0.10 10.50.0.10" ]'
check "pppctl shows where they are" eval 'shows alice "VRF *red" && shows bob "VRF *blue"'
check "and what counts" shows alice 'in effect *vrf red'
check "alice is routed in red" routed red 10.50.0.10 ppp-alice
check "and bob in blue" routed blue 10.50.0.10 ppp-bob
check "as is what is behind her" wait_for 5 routed red 192.168.5.0/24 ppp-alice
check "and behind him" wait_for 5 routed blue 192.168.5.0/24 ppp-bob
check "alice reaches the server" ping_from client1 "$inner_server"
check "so does bob" ping_from client2 "$inner_server"
check "she is reached in red" in_vrf red 10.50.0.10
check "he is in blue" in_vrf blue 10.50.0.10
check "nobody is without a VRF" not in_ns server ping -n -q -c 1 -W 1 10.50.0.10

dial client3 carol singing
check "a user whose VRF is not there is refused" wait_for 30 has_ended client3
check "and why" log_says 'login from 192.0.2.13 refused: user "carol", .*: interface: there is no VRF green$'
vrf green 103
dial client3 carol singing
check "when it is there, she comes" wait_for 30 session_count 3
check "and is in it" routed green "$(field carol remote_address)" ppp-carol
hang_up client1
hang_up client2
hang_up client3
check "nothing is left" wait_for 20 no_interfaces
kill_now "$server_pid"

# --- network namespaces -----------------------------------------------------------------------------------------

# routed_there NAMESPACE PREFIX INTERFACE
routed_there() {
	ip -n "$1" route show "$2" | grep "dev $3 " && [ -z "$(ip -n server route show "$2")" ]
}

ip netns add inside
ip -n inside link set lo up
ip -n inside link add red type vrf table 101
ip -n inside link set red up
server_sections='
pool "inside" { range = { 10.50.0.10-10.50.0.20 }  user-netns = "inside" }
pool "deep" { range = { 10.50.0.10-10.50.0.20 }  user-netns = "inside"  user-vrf = "red" }
user "alice" { user-netns = "inside"  pool = "inside"  routes = { 192.168.5.0/24 } }
user "bob" { user-netns = "inside"  user-vrf = "red"  pool = "deep"  routes = { 192.168.5.0/24 } }
user "carol" { user-netns = "nowhere" }'
check "users of another network namespace" server_start 'interface-name = "ppp-%u"'
check "one that is not there is told" log_says 'warning: .*: user-netns is "nowhere", which there is not'
dial client1 alice wonder
dial client2 bob builder
check "alice and bob come" wait_for 30 session_count 2
check "with the same address" eval '[ "$(field alice remote_address) $(field bob remote_address)" = "10.50.0.10 10.50.0.10" ]'
check "pppctl shows where she is" shows alice 'in effect *netns inside'
check "no interface is where the server is" eval '[ -z "$(ip -n server -br link show type pptp)" ]'
check "she is routed in the namespace" routed_there inside 10.50.0.10 ppp-alice
check "as is what is behind her" wait_for 5 routed_there inside 192.168.5.0/24 ppp-alice
check "he is in the VRF there" eval 'ip -n inside route show vrf red 10.50.0.10 | grep "dev ppp-bob "'
check "as is what is behind him" wait_for 5 eval 'ip -n inside route show vrf red 192.168.5.0/24 | grep "dev ppp-bob "'
check "alice reaches it" ping_from client1 "$inner_server"
check "and bob" ping_from client2 "$inner_server"
check "she is reached there" in_ns inside ping -n -q -c 2 -W $((5 * slowness)) 10.50.0.10
check "and he, in the VRF" in_ns inside ping -I red -n -q -c 2 -W $((5 * slowness)) 10.50.0.10
dial client3 carol singing
check "a user whose namespace is not there is refused" wait_for 30 has_ended client3
check "and why" log_says 'login from 192.0.2.13 refused: user "carol", .*: nowhere: No such file or directory$'
hang_up client2
check "when he is gone, so is his route" wait_for 20 eval '[ -z "$(ip -n inside route show vrf red 192.168.5.0/24)" ]'
ip netns delete inside
check "the namespace loses its name" ping_from client1 "$inner_server"
hang_up client1
check "nothing is left" wait_for 20 eval '[ "$(sessions length)" = 0 ] && no_interfaces'
kill_now "$server_pid"

# --- a shared interface in a VRF ---------------------------------------------------------------------------------

server_sections='
pool "red" { range = { 10.50.0.10-10.50.0.20 }  user-vrf = "red" }
server "own" { port = 1724  listen = { "192.0.2.1" }  secrets = "/dev/null"  local-address = 10.98.0.1 }
user "alice" { routes = { 192.168.5.0/24 } }
user "bob" { user-vrf = "blue" }'
: > "$work/none" && chmod 600 "$work/none"
server_sections=${server_sections/\/dev\/null/$work/none}
check "a shared interface in a VRF" server_start 'link = shared' 'interface = "lan"' 'user-vrf = "red"'
dial client1 alice wonder
check "alice comes" wait_for 30 is_up client1
check "she is routed in it" routed red "$(field alice remote_address)" lan
check "and what is behind her" wait_for 5 routed red 192.168.5.0/24 lan
check "she reaches the server" ping_from client1 "$inner_server"
check "and is reached" in_vrf red "$(field alice remote_address)"
dial client2 bob builder
check "who would be elsewhere is refused" wait_for 30 has_ended client2
check "and why" log_says 'user "bob", .*: user-vrf is "blue", but the shared interface lan is in VRF red$'
hang_up client1
check "nothing is left" wait_for 20 eval '[ "$(sessions length)" = 0 ] && [ -z "$(ip -n server route show vrf red 10.99.0.0/16)" ]'
kill_now "$server_pid"
finish
