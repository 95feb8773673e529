#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Users of whom the secrets have no more than the NT hash; who are disabled, or expire; and secrets that change.
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

plan 17
topology 1
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
finish
