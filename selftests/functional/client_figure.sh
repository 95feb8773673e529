#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Head office, a branch that calls it and serves a user of its own at the same time, two users at head office, hosts in
# both LANs: everybody reaches everybody, byte for byte across a path with jitter and loss, and again after the tunnel
# was cut. Then head office gives each session an interface of its own, and the branch dials on demand.
. "$(dirname "$0")/client_lib"

branch=192.0.2.11
branch_inner=10.88.0.1

print_topology() {
	sed 's/^/# /' <<'END'

   host 192.168.1.10                                          192.168.5.10 host
        |                                                           |
   HEAD OFFICE 192.0.2.1 ======= tunnel of "branch5" ======= 192.0.2.11 BRANCH
   10.99.0.1, shared link        (culvertd, culvertd)        10.88.0.1, client and server
     ||           ||                                               ||
   user1        user2            (pptp and pppd)                 user3

END
}

# lan ROUTER HOST NETWORK: a namespace HOST with NETWORK.10 behind the router, which is NETWORK.1 there.
lan() {
	ip netns add "$2"
	ip -n "$1" link add lan type veth peer name eth0 netns "$2"
	ip -n "$1" link set lan up
	ip -n "$1" address add "$3.1/24" dev lan
	ip -n "$2" link set lo up
	ip -n "$2" link set eth0 up
	ip -n "$2" address add "$3.10/24" dev eth0
	ip -n "$2" route add default via "$3.1"
	in_ns "$1" sysctl -qw net.ipv4.ip_forward=1
}

# branch_config [OPTION...]: for its client, besides.
branch_config() {
	client_user=branch5 client_config 'routes = { "192.168.1.0/24", "10.99.0.0/24" }' \
		'echo-interval = 3' 'echo-timeout = 3' 'lcp-echo-interval = 3' "$@"
	cat <<END
pool "mobile" { range = { "10.88.0.10-10.88.0.20" } }
server "branch" {
	listen = { "$branch" }
	secrets = "$work/secrets"
	pool = "mobile"
	local-address = "$branch_inner"
}
END
}

# head_office_start LINK: of that mode.
head_office_start() {
	local log

	log=$(new_log server)
	server_config "link = $1" 'echo-interval = 3' 'echo-timeout = 3' 'lcp-echo-interval = 3' > "$work/culvert.conf"
	echo 'user "branch5" { routes = { "192.168.5.0/24", "10.88.0.0/24" } }' >> "$work/culvert.conf"
	in_ns server "${culvertd[@]}" -c "$work/culvert.conf" > "$log" 2>&1 &
	server_pid=$!
	wait_for 10 server_listens
}

# The branch listens, and head office knows nothing of it.
idle() {
	hq_is listening && session_count 0 && not has_user_route
}

# The first packet, from one LAN to the other, waits for the session.
first_packet() {
	in_ns brhost ping -n -c 1 -W $((20 * slowness)) 192.168.1.10 && hq_is up
}

# The route to the branch's LAN leads into the interface of its session.
own_interface() {
	ip -n server route show 192.168.5.0/24 | tee /dev/stderr | grep -q "dev $(sessions '.[0].interface') " &&
		ip -n server -4 address show dev "$(sessions '.[0].interface')" | grep "peer $(hq_address)"
}

# Users send everything that is not theirs into the tunnel.
user_is_up() {
	address_of "$1" | grep -q '^10\.' && ip -n "$1" route replace 192.168.0.0/16 dev ppp0 &&
		ip -n "$1" route replace 10.0.0.0/8 dev ppp0
}

address_in() {
	case $1 in
	hqhost) echo 192.168.1.10 ;;
	brhost) echo 192.168.5.10 ;;
	*) address_of "$1" | cut -d / -f 1 ;;
	esac
}

everybody=(hqhost brhost client2 client3 client4)

# all_reach_all: print the matrix, and fail if one of them does not reach one of the others.
all_reach_all() {
	local from to bad=0

	printf '%-9s' "" "${everybody[@]}"
	for from in "${everybody[@]}"; do
		printf '\n%-9s' "$from"
		for to in "${everybody[@]}"; do
			if [ "$from" = "$to" ]; then
				printf '%-9s' -
			elif in_ns "$from" ping -n -q -c 3 -i 0.2 -w 10 "$(address_in "$to")" > /dev/null 2>&1; then
				printf '%-9s' yes
			else
				printf '%-9s' NO
				bad=1
			fi
		done
	done
	echo
	return $bad
}

# The matrix is worth seeing when it is right, too.
matrix() {
	all_reach_all > "$work/matrix"
	local status=$?
	sed 's/^/# /' "$work/matrix"
	check "$1" [ $status = 0 ]
}

# Whether the branch's user has no connection any more with users at head office. One that has lost its other end would ask
# for the tunnel for minutes.
settled() {
	[ -z "$(in_ns client4 ss -Htn dst 10.99.0.0/24)" ]
}

has_user_route() {
	ip -n server route show 192.168.5.0/24 | grep .
}

cut_path() {
	ip -n wire link set client1 down
	wait_for 30 not hq_is up && wait_for 30 not has_user_route
}

plan 25
print_topology
topology 4
for name in branch5 alice bob carol; do
	user $name wonder
done
lan server hqhost 192.168.1
lan client1 brhost 192.168.5
head_office_start shared
secret wonder
branch_config > "$work/client.conf"
client_run
check "the branch comes up at head office" wait_for 20 hq_is up
check "head office has a route to its LAN" has_user_route
dial client2 alice wonder
dial client3 bob wonder
outer_server=$branch dial client4 carol wonder
check "the first user is up" wait_for 30 user_is_up client2
check "the second user is up" wait_for 30 user_is_up client3
check "the user of the branch is up" wait_for 30 user_is_up client4
matrix "everybody reaches everybody"
check "a megabyte from LAN to LAN" transfer hqhost brhost 192.168.5.10 1100000
check "a megabyte back" transfer brhost hqhost 192.168.1.10 1100000
in_ns wire tc qdisc add dev client1 root netem delay 5ms 2ms loss 1%
check "from LAN to LAN with jitter and loss" transfer hqhost brhost 192.168.5.10 300000
check "from a user at head office to the branch's user with jitter and loss" \
	transfer client2 client4 "$(address_in client4)" 200000
in_ns wire tc qdisc del dev client1 root
check "a path that is cut is noticed at both ends" cut_path
ip -n wire link set client1 up
check "the branch comes up again by itself" wait_for 60 hq_is up
check "with its route" has_user_route
check "LANs reach each other again" ping_from hqhost 192.168.5.10
wait_for 60 settled || echo "# a connection does not end"
for name in client2 client3; do
	hang_up $name
done
kill -TERM "$server_pid"
check "head office ends in good order" wait "$server_pid"
head_office_start session
branch_config 'connect = demand' 'idle-timeout = 3' > "$work/client.conf"
check "the branch is told to dial on demand" ctl reload
check "it listens" wait_for 20 idle
check "the first packet from LAN to LAN dials, and is answered" first_packet
check "its session has an interface of its own at head office" own_interface
# What the user sent while the path was cut may be more than one frame may jump over; then the first ones go astray.
check "the branch's user reaches the LAN of head office" wait_for 5 ping_from client4 192.168.1.10
check "a megabyte from LAN to LAN" transfer brhost hqhost 192.168.1.10 1100000
check "an idle tunnel is hung up" wait_for 20 idle
check "and dialed again" first_packet
hang_up client4
check "the branch ends in good order" client_stop
check "head office has no sessions and no route to it" \
	eval 'wait_for 20 session_count 0 && not has_user_route'
finish
