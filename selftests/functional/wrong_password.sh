#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A wrong password and an unknown user: refused as RFC 2759 says, told once in the log, and no trace of a session.
. "$(dirname "$0")/lib.sh"

# Lines of the log, above debugging, that tell of this user's failure from client1.
refusals_of() {
	grep -v debug "$work/server.log" | grep -c "$1.*192\.0\.2\.11\|192\.0\.2\.11.*$1"
}

refused_once() {
	[ "$(refusals_of "$1")" = 1 ]
}

no_secret_in_log() {
	! grep -q -e wonder -e builder -e mistaken "$work/server.log"
}

plan 9
topology 1
server_start
dial client1 alice mistaken
check "a wrong password ends the call" wait_for 20 has_ended client1
check "the client is told error 691, without retry" grep 'E=691 R=0' "$work/client1.log"
check "the log tells it once, with user and address" refused_once alice
check "nothing is left of it" wait_for 10 server_is_clean
dial client1 mallory wonder
check "an unknown user ends the call" wait_for 20 has_ended client1
check "an unknown user is told the same" grep 'E=691 R=0' "$work/client1.log"
check "the log tells that once, too" refused_once mallory
check "no password is in the log" no_secret_in_log
dial client1 alice wonder
check "the right password still works" wait_for 20 is_up client1
finish
