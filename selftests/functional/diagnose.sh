#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pppctl diagnose: what keeps somebody out is made so, and the verdict says it; afterwards, without a line of the log, and
# without a secret.
#
# May take 5000 s.
. "$(dirname "$0")/client_lib"

# filter NAMESPACE HOOK RULE
filter() {
	in_ns "$1" nft -f - <<-END
		table ip wire {
			chain $2 {
				type filter hook $2 priority 0;
				$3
			}
		}
	END
}

# change SECTIONS [OPTION...]: the running server has these sections, and options in its own section.
change() {
	server_sections=$1
	shift
	server_config "$@" > "$work/culvert.conf"
	server_sections=
	pppctl reload
}

# Afterwards nothing is as before but what is remembered.
mend() {
	in_ns server nft flush ruleset
	in_ns client1 nft flush ruleset
	hang_up client1
	[ -z "${client2_pid:-}" ] || hang_up client2
	change ''
	wait_for 60 server_is_clean
}

# verdict_is RULE [WHO...]
verdict_is() {
	local rule=$1

	shift
	[ "$(pppctl -j diagnose "$@" | jq -r .verdict.rule)" = "$rule" ] || {
		pppctl diagnose "$@"
		return 1
	}
}

# told RULE WHO... -- CAUSE...: with the cause, that is the verdict, also once the client is gone and all is well again.
told() {
	local who=()

	while [ "$1" != -- ]; do
		who+=("$1")
		shift
	done
	shift
	"$@" && wait_for 90 verdict_is "${who[@]}" && mend > "$work/mend.out" && verdict_is "${who[@]}"
}

gre_is_lost_to_us() { filter server input 'ip protocol gre drop' && dial client1 alice wonder; }
gre_is_lost_to_the_client() { filter client1 input 'ip protocol gre drop' && dial client1 alice wonder; }
wrong_password() { dial client1 alice mistaken; }
unknown_user() { dial client1 mallory wonder; }
client_without_encryption() { client_auth="" dial client1 alice wonder nomppe; }
client_without_any_login() { dial client1 alice wonder refuse-mschap-v2; }
server_is_full() {
	change '' 'max-sessions = 1' && dial client2 bob builder && wait_for 30 session_count 1 &&
		dial client1 alice wonder
}
no_address_is_free() {
	change $'pool "one" { range = { "10.99.1.1" } }\nuser "alice" { pool = "one" }\nuser "bob" { pool = "one" }' &&
		dial client2 bob builder && wait_for 30 session_count 1 && dial client1 alice wonder
}
administrator() {
	dial client1 alice wonder && wait_for 30 session_count 1 && pppctl session kill user alice
}

# steps_say PATTERN WHO...: of the latest attempt.
steps_say() {
	local pattern=$1

	shift
	pppctl diagnose "$@" | tee /dev/stderr | grep -Eq "$pattern"
}

hq_told() {
	[ "$(ctl -j diagnose client hq | jq -r .verdict.rule)" = "$1" ] || {
		ctl diagnose client hq
		return 1
	}
}

# Nothing that proves anybody: passwords, and octets of a challenge or a response.
no_secret_is_told() {
	! pppctl -j diagnose user alice | grep -Ei 'wonder|mistaken|challenge=|[0-9a-f]{16}'
}

# groups_have RULE...: causes by which attempts are grouped.
groups_have() {
	local rule

	for rule; do
		pppctl -j diagnose | jq -r '.groups[].verdict.rule' | grep -qx "$rule" || {
			echo "no $rule:"
			pppctl diagnose
			return 1
		}
	done
}

server_peer=192.0.2.11
plan 25
topology 2
in_ns server sysctl -q -w net.ipv4.ip_forward=1
server_start
check "nobody came" verdict_is nothing
check "nor from there" verdict_is nothing-came peer $server_peer
check "GRE is lost on the way here" told gre-blocked peer $server_peer -- gre_is_lost_to_us
check "in a sentence" steps_say "no packet of protocol 47" peer $server_peer
check "and the steps: what was sent in vain" steps_say '> LCP Configure-Request: .*auth mschap-v2' peer $server_peer
check "GRE is lost on the way back" told gre-one-way peer $server_peer -- gre_is_lost_to_the_client
check "what the peer proposed was heard" steps_say '< LCP Configure-Request: ' peer $server_peer
check "a wrong password" told wrong-password user alice -- wrong_password
check "by which method" steps_say 'login by mschap-v2, user alice' user alice
check "no secret is told" no_secret_is_told
check "an unknown user" told unknown-user user mallory -- unknown_user
check "encryption that the peer has not" told mppe-refused user alice -- client_without_encryption
check "no common way to log in" told no-method peer $server_peer -- client_without_any_login
check "a full server" told server-full user alice -- server_is_full
check "a pool without a free address" told pool-empty user alice -- no_address_is_free
check "ended by an administrator" told by-administrator user alice -- administrator
dial client1 alice wonder
check "up, with what was agreed" eval \
	'wait_for 30 session_count 1 && verdict_is up user alice && steps_say "CCP Configure-.*mppe 128 bit stateless" user alice'
in_ns server sysctl -q -w net.ipv4.ip_forward=0
check "a host that forwards nothing" verdict_is no-forwarding user alice
mend > "$work/mend.out"
pppctl ban add 192.0.2.12
check "a ban, which has no line in the log" verdict_is banned peer 192.0.2.12
pppctl ban remove 192.0.2.12
check "all that failed, by cause" groups_have gre-blocked gre-one-way mppe-refused no-method pool-empty server-full \
	unknown-user wrong-password

filter server input 'tcp dport 1723 drop'
client_start
check "a client whose TCP is lost" wait_for 90 hq_told tcp-no-answer
in_ns server nft flush ruleset
filter server input 'tcp dport 1723 reject with tcp reset'
check "refused" wait_for 90 hq_told tcp-refused
in_ns server nft flush ruleset
secret mistaken
ctl reload
check "or whose password is wrong" wait_for 90 hq_told login-refused
client_stop

sleep 3700
check "after an hour all is forgotten" verdict_is nobody-came user alice
check "there is no such client" not pppctl diagnose client nobody
finish
