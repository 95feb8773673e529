#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/troubleshooting.md, symptom by symptom: what the page names as the cause is made so, a client dials, and the log has
# the line that the page has for that error number of Windows, or for that symptom.
#
# May take 900 s.
. "$(dirname "$0")/lib.sh"

page=$functional/../../docs/troubleshooting.md

# The symptoms: part of the title in the page (a number does), which line of the log there, and the cause: a function.
symptoms=(
	"waits until it gives up|1|gre_is_lost_to_us"
	"waits until it gives up|2|gre_is_lost_to_the_client"
	"waits until it gives up|4|gre_is_rejected_by_the_client"
	"login is refused|1|wrong_password"
	"login is refused|2|unknown_user"
	"login is refused|3|one_wrong_password_too_many"
	"login is refused|4|no_address_is_free"
	"login is refused|5|user_is_there_already"
	"login is refused|6|radius_is_dead"
	"ends after a while|1|gre_stops"
	"ends after a while|2|nobody_sends"
	"ends after a while|3|time_is_over"
	"ends after a while|4|administrator"
	"ends after a while|5|client_clears_the_call"
	"ends after a while|6|tcp_stops"
	"619|1|gre_is_lost_to_us"
	"619|2|second_call_before_login"
	"628|1|gre_is_lost_to_us"
	"691|1|wrong_password"
	"691|2|unknown_user"
	"691|3|user_of_another_server"
	"646|1|server_is_full"
	"647|2|user_is_disabled"
	"649|3|user_without_address"
	"718|1|answers_to_the_challenge_are_lost"
	"718|2|radius_is_dead"
	"720|1|client_without_ip"
	"720|2|server_without_pool"
	"721|1|gre_is_lost_to_us"
	"721|2|gre_is_lost_to_the_client"
	"734|1|client_without_mschap"
	"734|2|client_without_any_login"
	"734|3|client_without_encryption"
	"741|1|client_without_encryption"
	"741|2|bits_that_the_client_lacks"
	"742|1|server_without_encryption"
	"800|0|tcp_is_lost_to_us"
	"806|1|gre_is_lost_to_us"
	"807|1|administrator"
	"807|2|silent_connections"
	"809|0|tcp_is_lost_to_us"
)

# --- the page and the log ---------------------------------------------------------------------------------------

# pattern_of TITLE N: the N-th line of the log below that title; what is in angle brackets differs from case to case.
pattern_of() {
	awk -v title="$1" -v n="$2" '
		/^#/ { on = index($0, title) }
		/^```/ { log_line = $0 == "```log"; next }
		on && log_line && !--n' "$page" | sed -E -e 's/[][().*?+^$|{}\\]/\\&/g' -e 's/<[^<>]*>/.+/g'
}

said_since() {
	tail -n "+$(($1 + 1))" "$work/server.log" | grep -E -e "$2"
}

# has_symptom TITLE N CAUSE: with the cause, the log says that line; for 0, nothing.
has_symptom() {
	local pattern status mark

	mark=$(wc -l < "$work/server.log")
	if [ "$2" = 0 ]; then
		"$3" && ! said_since "$mark" .
		status=$?
	else
		pattern=$(pattern_of "$1" "$2")
		echo "pattern: $pattern"
		[ -n "$pattern" ] && "$3" && wait_for 90 said_since "$mark" "$pattern"
		status=$?
		[ "$status" = 0 ] || said_since "$mark" .
	fi
	mend
	return "$status"
}

# --- causes: each leaves to mend what it has made ---------------------------------------------------------------

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

# change SECTION... [-- OPTION...]: the running server gets these sections and options of its own section.
change() {
	server_sections=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		server_sections+=$1$'\n'
		shift
	done
	shift
	server_config "$@" > "$work/culvert.conf"
	server_sections=
	pppctl reload
}

no_clients() {
	[ -z "$(ip netns pids client1)$(ip netns pids client2)" ]
}

mend() {
	in_ns server nft flush ruleset
	in_ns client1 nft flush ruleset
	signal_client client1 TERM
	signal_client client2 TERM
	wait_for 30 no_clients > "$work/mend.out" || { signal_client client1 KILL; signal_client client2 KILL; }
	cp "$work/users" "$work/secrets"
	change --
	wait_for 60 server_is_clean
}

comes_up() {
	wait_for 30 session_count 1
}

gre_is_lost_to_us() { filter server input 'ip protocol gre drop' && dial client1 alice wonder; }
gre_is_lost_to_the_client() { filter client1 input 'ip protocol gre drop' && dial client1 alice wonder; }
gre_is_rejected_by_the_client() {
	filter server input 'ip protocol gre drop' &&
		filter client1 input 'ip protocol gre reject with icmp type admin-prohibited' && dial client1 alice wonder
}
tcp_is_lost_to_us() {
	filter server input 'tcp dport 1723 drop'
	listens server 1723 && not in_ns client1 timeout $((20 * slowness)) socat -u OPEN:/dev/null "TCP:$outer_server:1723"
}

wrong_password() { dial client1 alice mistaken; }
unknown_user() { dial client1 mallory wonder; }
user_of_another_server() { sed -i 's/^alice \*/alice elsewhere/' "$work/secrets" && pppctl reload && dial client1 alice wonder; }
user_without_address() { sed -i 's/^\(alice.*\) \*$/\1/' "$work/secrets" && pppctl reload && dial client1 alice wonder; }
one_wrong_password_too_many() {
	change -- 'max-failed-logins = 1' && dial client1 bob mistaken && wait_for 30 has_ended client1 &&
		dial client1 bob builder
}
user_is_disabled() { change 'user "alice" { disabled = true }' -- && dial client1 alice wonder; }
user_is_there_already() {
	change 'user "alice" { max-sessions = 1 }' -- && dial client2 alice wonder && comes_up && dial client1 alice wonder
}
server_is_full() {
	change -- 'max-sessions = 1' && dial client2 bob builder && comes_up && dial client1 alice wonder
}
no_address_is_free() {
	change 'pool "one" { range = { "10.99.1.1" } }' 'user "alice" { pool = "one" }' 'user "bob" { pool = "one" }' -- &&
		dial client2 bob builder && comes_up && dial client1 alice wonder
}
radius_is_dead() {
	(umask 077 && echo 0123456789abcdef > "$work/radius.secret")
	change "radius \"dead\" { address = \"192.0.2.99\" secret-file = \"$work/radius.secret\" }" -- \
		'users = radius' 'radius-group = "dead"' && dial client1 alice wonder
}
# The field that says CHAP, behind headers of GRE without and with an acknowledgement.
answers_to_the_challenge_are_lost() {
	filter server input 'ip protocol gre @th,112,16 0xc223 drop; ip protocol gre @th,144,16 0xc223 drop' &&
		dial client1 alice wonder
}
second_call_before_login() {
	change -- 'max-starting-per-address = 1' && gre_is_lost_to_us && dial client1 bob builder
}
client_without_ip() { dial client1 alice wonder noip; }
server_without_pool() {
	sed -i '/^\tpool = /d' "$work/culvert.conf" && pppctl reload && dial client1 alice wonder
}
client_without_mschap() { client_auth="" dial client1 alice wonder refuse-mschap-v2; }
client_without_any_login() { dial client1 alice wonder refuse-mschap-v2; }
client_without_encryption() { client_auth="" dial client1 alice wonder nomppe; }
bits_that_the_client_lacks() { change -- 'mppe-bits = { 40 }' && dial client1 alice wonder; }
server_without_encryption() { change -- 'mppe = off' && dial client1 alice wonder; }

gre_stops() {
	change -- 'lcp-echo-interval = 5' && dial client1 alice wonder && comes_up &&
		filter client1 input 'ip protocol gre drop'
}
tcp_stops() {
	change -- 'echo-interval = 5' 'echo-timeout = 5' && dial client1 alice wonder && comes_up &&
		filter client1 input 'tcp sport 1723 drop'
}
nobody_sends() { change -- 'idle-timeout = 5' && dial client1 alice wonder; }
time_is_over() { change -- 'session-timeout = 5' && dial client1 alice wonder; }
administrator() { dial client1 alice wonder && comes_up && pppctl session kill user alice; }
# Without a word of its PPP.
client_clears_the_call() { dial client1 alice wonder && comes_up && pkill -TERM -x pptpcm; }
silent_connections() {
	change -- 'max-connections-per-address = 1' || return
	for _ in 1 2; do
		in_ns client1 socat -u "TCP:$outer_server:1723" OPEN:/dev/null &
	done
}

plan $((${#symptoms[@]} + 1))
topology 2
server_start
cp "$work/secrets" "$work/users"
for symptom in "${symptoms[@]}"; do
	IFS='|' read -r title line cause <<< "$symptom"
	check "$title: ${cause//_/ }" has_symptom "$title" "$line" "$cause"
done
dial client1 alice wonder
check "with nothing wrong a client comes up" wait_for 30 is_up client1
finish
