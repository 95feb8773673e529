#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pools: the next one is asked when one is exhausted; when all are, the refusal names them; a reserved address is its
# user's alone. Users have their last address again after a restart and after a kill; without the file they log in, too.
. "$(dirname "$0")/lib.sh"

pool=10.99.0.10-10.99.0.49
server_sections='
profile "all" { pool = "first" }
pool "first" { range = { "10.99.0.50-10.99.0.52" }  next = "second" }
pool "second" { range = { "10.99.0.60" } }
user "carol" { address = "10.99.0.51" }'

# gets CLIENT ADDRESS: it comes up with that one.
gets() {
	wait_for 30 is_up "$1" && address_of "$1" | grep -xF "$2"
}

says() {
	grep -F "$1" "$work/server.log"
}

# pool_has NAME FILTER: whether the filter is true of that pool.
pool_has() {
	pppctl -j pool list | tee /dev/stderr | jq -e ".[] | select(.name == \"$1\") | $2" > /dev/null
}

restart() {
	kill "-$1" "$server_pid"
	wait "$server_pid" 2> /dev/null
	for client in client1 client2 client3 client4; do
		signal_client $client KILL
	done
	server_start 'profile = "all"'
}

# Without the file bob would get the first address now.
the_same_as_before() {
	dial client2 bob builder
	gets client2 10.99.0.52
	dial client1 alice wonder
	gets client1 10.99.0.50
}

plan 14
topology 4
user carol song
check "a server with two pools" server_start 'profile = "all"'
dial client1 alice wonder
check "alice gets the first address" gets client1 10.99.0.50
check "no pool is short" not says 'addresses are in use'
dial client2 bob builder
check "bob does not get the one that is reserved" gets client2 10.99.0.52
check "it is told that the pool is short" says 'pool first: 2 of 2 addresses are in use'
dial client3 alice wonder
check "the next pool is asked" gets client3 10.99.0.60
dial client4 bob builder
check "who finds no address is refused" wait_for 30 has_ended client4
check "and the line names the pools" says 'no address is free in pools first, second'
dial client4 carol song
check "carol gets her address" gets client4 10.99.0.51
check "pppctl tells all of that" eval 'pool_has first "[.size, .used, .reserved, .most, .refused] == [2, 2, 1, 2, 1]" &&
	pool_has first ".next == \"second\"" && pool_has second ".used == 1"'
restart KILL
check "after a kill users have their addresses again" the_same_as_before
restart TERM
check "and after a restart" the_same_as_before
kill -TERM "$server_pid"
wait "$server_pid"
head -c 300 /dev/urandom > "$work/addresses"
server_start 'profile = "all"'
check "a damaged file is told of" eval 'says "$work/addresses is damaged in line 1" && [ -e "$work/addresses.damaged" ]'
signal_client client1 KILL
signal_client client2 KILL
dial client2 bob builder
check "and users log in all the same" gets client2 10.99.0.50
finish
