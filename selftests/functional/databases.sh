#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users whom a database knows log in, with the files that docs/databases.md shows: first SQLite, then PostgreSQL, beside
# secrets of our own. What stands in the table counts; no name is more than a name; and nobody who is in notices when the
# database goes away and comes back.
. "$(dirname "$0")/lib.sh"

database_address=192.0.2.30
database_password="0123456789 abcdef"
docs=$functional/../../docs
postgresql=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2> /dev/null | tail -n 1)
cluster=/run/culvert-postgresql

files_of_the_page() {
	mkdir -p /etc/culvert
	awk '/^``` \// { file = $2; printf "" > file; next } /^```$/ { file = ""; next } file { print > file }' \
		"$docs/databases.md"
	sed -i "s/change this password in both places/$database_password/" /etc/culvert/role.sql
	(umask 077 && echo "$database_password" > /etc/culvert/database.secret)
	rm -f /etc/culvert/users.db*
}

# come CLIENT USER PASSWORD [PPPD OPTION...]: the user comes up.
come() {
	dial "$@"
	wait_for 30 is_up "$1"
}

goes() {
	hang_up "$1"
	wait_for 20 session_count 0
}

# comes_and_goes CLIENT USER PASSWORD [PPPD OPTION...]
comes_and_goes() {
	come "$@" && goes "$1"
}

# refused CLIENT USER PASSWORD [PPPD OPTION...]: the user does not come in, and nothing is left of it.
refused() {
	dial "$@"
	wait_for 60 has_ended "$1" && ! is_up "$1" && wait_for 20 session_count 0
}

log_says() {
	grep -E "$1" "$work/server.log"
}

# state WANTED: of the only database.
state() {
	pppctl -j database list | jq -r '.[0].state' | tee /dev/stderr | grep -qx "$1"
}

# both_ways: logins that are the same for both databases. Further changes of the table go through `sql`.
both_ways() {
	client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
	check "$1: alice comes up by MS-CHAP v2" come client1 alice wonder
	check "$1: as a user of the database" eval '[ "$(pppctl -j session show "$(sessions ".[0].id")" | jq -r .source)" = database ]'
	check "$1: her packets pass" ping_from client1 "$inner_server"
	check "$1: she goes" goes client1
	check "$1: a hash lets bob in, with his address" \
		eval 'come client1 bob clientPass && address_of client1 | grep -q "^10.99.0.33" && goes client1'
	check "$1: carol has the rate of her profile" \
		eval 'come client1 carol singing && [ "$(pppctl -j session show "$(sessions ".[0].id")" | jq .policy.rate_up)" = 1000000 ] && goes client1'
	check "$1: a wrong password is refused" eval 'refused client1 alice mistaken && grep -q "E=691" "$work/client1.log"'
	check "$1: who is disabled is told so" eval 'refused client1 mallory crack && grep -q "E=647" "$work/client1.log"'
	check "$1: but not who guesses" eval 'refused client1 mallory mistaken && grep -q "E=691" "$work/client1.log"'
	check "$1: a name with SQL in it is nobody's" eval "refused client1 \"x' OR name='alice\" wonder"
	check "$1: and does no harm" eval "refused client1 \"x'; DROP TABLE culvert_users; --\" wonder"
	check "$1: dave of the secrets comes up" comes_and_goes client1 dave local
	sql "UPDATE culvert_users SET secret = 'looking glass', expires = '2001-01-01' WHERE name = 'alice'"
	check "$1: a new password counts at once" refused client1 alice wonder
	check "$1: and who has expired is told so" eval 'refused client1 alice "looking glass" && log_says "the user has expired"'
	sql "UPDATE culvert_users SET secret = 'wonder', expires = NULL WHERE name = 'alice'"
	check "$1: and so does the old one again" comes_and_goes client1 alice wonder
	client_auth="nomppe refuse-eap refuse-chap refuse-mschap refuse-mschap-v2"
	check "$1: alice comes up by PAP" comes_and_goes client1 alice wonder
	check "$1: and bob, whose hash is known" comes_and_goes client1 bob clientPass
	client_auth="nomppe refuse-eap refuse-pap refuse-mschap refuse-mschap-v2"
	check "$1: alice comes up by CHAP" comes_and_goes client1 alice wonder
	check "$1: and bob cannot" refused client1 bob clientPass
}

auth='auth = { mschap-v2, chap-md5, pap }'

# serve DATABASE: the server with it.
serve() {
	rm -f "$work/secrets"
	user dave local
	server_sections="include \"/etc/culvert/$1.conf\""
	server_config 'users = { "secrets", "database" }' "database = \"$2\"" "$auth" 'mppe = preferred' > "$work/culvert.conf"
	in_ns server "${culvertd[@]}" -c "$work/culvert.conf" > "$(new_log server)" 2>&1 &
	server_pid=$!
	wait_for 10 server_listens || echo "# culvertd does not come up"
}

server_ends() {
	kill -TERM "$server_pid"
	wait "$server_pid"
}

# --- SQLite -----------------------------------------------------------------------------------------------------

sqlite_test() {
	sql() {
		sqlite3 /etc/culvert/users.db "$1"
	}

	serve sqlite users
	check "without the file culvertd runs, and says so" eval 'wait_for 10 log_says "database users .*No such file" && state down'
	check "and alice is told to come again" eval 'refused client1 alice wonder && grep -q "E=646" "$work/client1.log"'
	(umask 077 && sqlite3 /etc/culvert/users.db < "$docs/users.sql" && sqlite3 /etc/culvert/users.db < /etc/culvert/users-example.sql)
	both_ways sqlite
	check "it is up" state up

	client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
	(umask 077 && cp /etc/culvert/users.db /etc/culvert/users.new)
	sqlite3 /etc/culvert/users.new "UPDATE culvert_users SET secret = 'mirror' WHERE name = 'alice'"
	mv /etc/culvert/users.new /etc/culvert/users.db
	check "a file that took its place counts" comes_and_goes client1 alice mirror
	check "culvertd ends" server_ends
}

# --- PostgreSQL -------------------------------------------------------------------------------------------------

as_postgres() {
	in_ns database setpriv --reuid postgres --regid postgres --clear-groups env -C "$cluster" PATH="$postgresql:$PATH" \
		HOME="$cluster" PGHOST="$cluster" "$@"
}

postgresql_starts() {
	as_postgres pg_ctl -D "$cluster/data" -l "$cluster/log" -w -t 120 start > "$work/pg_ctl.log" 2>&1 || cat "$cluster/log"
}

# postgresql_ends MODE: fast, or immediate, as if it were killed.
postgresql_ends() {
	as_postgres pg_ctl -D "$cluster/data" -m "$1" -w -t 120 stop > "$work/pg_ctl.log" 2>&1
}

postgresql_made() {
	rm -rf "$cluster"
	install -d -o postgres -g postgres -m 700 "$cluster"
	as_postgres initdb -D "$cluster/data" --no-sync --locale=C --encoding=UTF8 --auth-local=trust \
		--auth-host=scram-sha-256 > "$work/initdb.log" 2>&1 || return
	printf '%s\n' "listen_addresses = '$database_address'" "unix_socket_directories = '$cluster'" 'fsync = off' \
		'shared_buffers = 8MB' 'max_connections = 10' 'autovacuum = off' 'jit = off' >> "$cluster/data/postgresql.conf"
	echo 'host isp culvert 192.0.2.0/24 scram-sha-256' >> "$cluster/data/pg_hba.conf"
	postgresql_starts
	install -o postgres -m 600 "$docs/users.sql" /etc/culvert/role.sql /etc/culvert/users-example.sql "$cluster"
	as_postgres createdb isp && for file in users.sql role.sql users-example.sql; do
		as_postgres psql -q -v ON_ERROR_STOP=1 -d isp -f "$cluster/$file" || return
	done
}

# In time travel a callback takes no time unless it waits for somebody.
nothing_waited() {
	! grep -q time-travel /proc/cmdline || [ "$(pppctl -j status | tee /dev/stderr | jq .callbacks_too_long)" = 0 ]
}

postgresql_test() {
	sql() {
		as_postgres psql -q -d isp -c "$1"
	}

	attach database "$database_address"
	check "a server of PostgreSQL is made as the page says" postgresql_made
	serve postgresql isp
	check "culvertd connects" wait_for 20 state up
	both_ways postgresql
	check "the table is still there" eval '[ "$(as_postgres psql -A -t -d isp -c "SELECT count(*) FROM culvert_users")" = 4 ]'

	client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
	check "alice is in" come client1 alice wonder
	postgresql_ends immediate
	check "the database is killed, which is told" eval 'wait_for 20 state down && log_says "database isp .*(connection lost|refused|terminat)"'
	check "alice is not disturbed" eval 'session_count 1 && ping_from client1 "$inner_server"'
	check "bob is told to come again" eval 'dial client2 bob clientPass; wait_for 60 has_ended client2 && grep -q "E=646" "$work/client2.log"'
	check "dave of the secrets comes up" come client2 dave local
	hang_up client2
	postgresql_starts
	check "it is back, and so is the connection" eval 'wait_for 40 state up && log_says "database isp .*is there again"'
	check "bob comes up" come client2 bob clientPass
	check "alice has never been away" eval 'session_count 2 && ping_from client1 "$inner_server"'
	hang_up client2
	check "she goes" goes client1

	postgresql_ends fast
	postgresql_starts
	check "after a restart that nobody waited for, alice comes up" eval 'wait_for 40 state up && comes_and_goes client1 alice wonder'
	check "no password is in our log" not grep -q -e wonder -e clientPass -e "$database_password" "$work/server.log"
	check "no callback waited" nothing_waited
	check "culvertd ends" server_ends
	postgresql_ends immediate
	rm -rf "$cluster"
}

[ -n "$postgresql" ] || skip_all "there is no PostgreSQL"
plan 59
topology 2
files_of_the_page
sqlite_test
postgresql_test
finish
