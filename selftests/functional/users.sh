#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users of whom the secrets have no more than the NT hash; who are disabled, or expire; secrets that change; and users who
# write their names in other ways than the secrets do.
. "$(dirname "$0")/lib.sh"

# hash PASSWORD
hash() {
	printf '%s\n' "$1" | pppctl hash
}

encrypted() {
	grep 'MPPE 128-bit stateless compression enabled' "$work/client1.log"
}

log_says() {
	grep -q "$1" "$work/server.log"
}

# expires USER: the section of a user who expires in so many seconds.
expires() {
	printf 'user "%s" { expires = "%s" }\n' "$1" "$(date -d "+$2 seconds" '+%F %T')"
}

known() {
	[ "$(grep -c 'the configuration was read again' "$work/server.log")" = "$1" ]
}

# known_as NAME: whether that is the user of the only session.
known_as() {
	[ "$(sessions '.[].user')" = "$1" ] || {
		sessions '.[].user'
		return 1
	}
}

# comes_up_as NAME USER PASSWORD: whether who calls himself USER comes up, and the server knows him as NAME. He is gone
# when this returns.
comes_up_as() {
	local status

	dial client1 "$2" "$3"
	wait_for 30 is_up client1 && known_as "$1"
	status=$?
	hang_up client1
	wait_for 20 session_count 0 && return "$status"
}

# is_refused CLIENT USER PASSWORD
is_refused() {
	dial "$@"
	wait_for 20 has_ended "$1" && ! grep -q 'local *IP address' "$work/$1.log"
}

# has_one_already USER PASSWORD: whether client2 is refused since the user has a session.
has_one_already() {
	is_refused client2 "$1" "$2" && grep 'E=646' "$work/client2.log"
}

plan 33
topology 2
options=('auth = { mschap-v2, chap-md5, pap }' 'mppe = preferred' 'watch-secrets = true')
user alice "$(hash wonder)"
user bob builder
user carol chimney
server_sections="user \"bob\" { disabled = true }"
server_start "${options[@]}"

dial client1 alice wonder
check "a hash is enough for MS-CHAPv2" wait_for 30 is_up client1
check "and makes keys for MPPE" encrypted
check "which decrypt" ping_from client1 "$inner_server"
hang_up client1
dial client1 alice wander
check "another password does not have it" wait_for 20 has_ended client1
check "and is a wrong one" grep 'E=691' "$work/client1.log"

client_auth="refuse-eap refuse-chap refuse-mschap refuse-mschap-v2"
dial client1 alice wonder
check "a hash is enough for PAP" wait_for 30 is_up client1
hang_up client1
client_auth="refuse-eap refuse-pap refuse-mschap refuse-mschap-v2"
dial client1 alice wonder
check "it is not enough for CHAP-MD5" wait_for 20 has_ended client1
check "which the log tells" log_says 'alice.*NT hash of the password only, by which chap-md5 cannot be checked'

client_auth="refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"
dial client1 bob builder
check "who is disabled is refused" wait_for 20 has_ended client1
check "with error 647" grep 'E=647' "$work/client1.log"
check "which the log tells, too" log_says 'login from .* refused: user "bob", .*: the user is disabled'

server_sections="$(expires carol $((45 * slowness)))"
server_config "${options[@]}" > "$work/culvert.conf"
check "a configuration in which a user expires" pppctl reload
dial client1 carol chimney
check "the user comes up" wait_for 30 is_up client1
check "and is ended when he expires" wait_for 60 log_says 'closed on request: the user has expired'
wait_for 20 has_ended client1
dial client1 carol chimney
check "then he is refused" wait_for 20 log_says 'login from .* refused: user "carol", .*: the user has expired'
wait_for 20 has_ended client1

sed 's/^bob .*/dave * "{nt}'"$(hash doors | cut -c5-)"'" */' "$work/secrets" > "$work/new"
chmod 600 "$work/new"
mv "$work/new" "$work/secrets"
check "changed secrets are taken without a reload" wait_for 20 known 2
dial client1 dave doors
check "and let a new user in" wait_for 30 is_up client1
hang_up client1

user Erin eiderdown
wait_for 20 known 3
check "a name may have capitals" comes_up_as Erin Erin eiderdown
check "by default case counts" is_refused client1 ERIN eiderdown
check "and so does the realm" is_refused client1 erin@example.org eiderdown
options+=('fold-case = true' 'strip-realm = true' 'strip-domain = true' 'max-sessions-per-user = 1')
server_sections='user "Frank" { session-timeout = 3600 }'
user fRank fusible
user eriN edelweiss
server_config "${options[@]}" > "$work/culvert.conf"
check "a configuration in which neither does" pppctl reload
check "a line that no server finds is told" log_says 'secrets:[0-9]*: "eriN" is never found by server "office"'
for client_auth in "refuse-eap refuse-chap refuse-mschap refuse-mschap-v2" \
	"refuse-eap refuse-pap refuse-chap refuse-mschap require-mppe-128"; do
	check "capitals are no other user (${client_auth##* })" comes_up_as Erin ERIN eiderdown
	check "a realm is none, either" comes_up_as Erin erin@example.org eiderdown
	check "nor is a domain" comes_up_as Erin 'DOMAIN\eRIN' eiderdown
	check "his section says how his name is written" comes_up_as Frank FRANK fusible
done
dial client1 FRANK fusible
wait_for 30 is_up client1
check "he has one session, however he writes himself" has_one_already frank fusible
check "who is in is ended by his name in any case" pppctl session kill user fRANK
check "at once" wait_for 20 has_ended client1
finish
