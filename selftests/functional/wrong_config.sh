#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mistakes in the configuration and in the secrets are told with file and line, and nothing is
# started; but a line of the secrets that is wrong is only left out.
. "$(dirname "$0")/lib.sh"

# refuses PATTERN: culvertd ends with status 2 and says a line that matches; --check does, too.
refuses() {
	local status

	in_ns server timeout $((10 * slowness)) culvertd --check -c "$work/culvert.conf" > "$work/said" 2>&1
	status=$?
	cat "$work/said"
	[ "$status" = 2 ] && grep -Eq "$1" "$work/said" || return
	in_ns server timeout $((10 * slowness)) culvertd -c "$work/culvert.conf" > "$work/said" 2>&1
	status=$?
	cat "$work/said"
	[ "$status" = 2 ] && grep -Eq "$1" "$work/said"
}

# line_of TEXT: the number of the line of the configuration that has it.
line_of() {
	grep -n -m 1 -F -- "$1" "$work/culvert.conf" | cut -d : -f 1
}

# with OPTION: a configuration with this line, which is wrong.
with() {
	server_config "$1" > "$work/culvert.conf"
	refuses "culvert\.conf:$(line_of "$1"): "
}

# warns PATTERN: --check finds nothing that prevents a start, and says a line that matches.
warns() {
	in_ns server timeout $((10 * slowness)) culvertd --check -c "$work/culvert.conf" > "$work/said" 2>&1 ||
		return
	cat "$work/said"
	grep -Eq "$1" "$work/said"
}

nothing_runs() {
	! in_ns server ss -Hltn 'sport = :1723' | grep . && [ ! -e "$control_socket" ] && ! pgrep -x culvertd
}

not_there() {
	refuses 'absent\.conf: '
}

# refuses_both: the mistakes of two files are told in one run, each with its own file.
refuses_both() {
	refuses 'conf\.d/late\.conf:2: ' && grep -q 'culvert\.conf:[0-9]*: .*did you mean "port"' "$work/said"
}

plan 14
topology 0
user alice wonder
server_config > "$work/culvert.conf"
check "the right configuration passes --check" in_ns server culvertd --check -c "$work/culvert.conf"
check "an unknown option" with 'flux-capacitor = 3'
check "a number that is none" with 'port = seventeen'
check "a number out of range" with 'port = 70000'
check "an unknown authentication method" with 'auth = { "handshake" }'
check "a pool that is not there" with 'pool = "pond"'
check "an address that is none" with 'dns = { "300.1.2.3" }'
server_config > "$work/culvert.conf"
echo 'server "half" {' >> "$work/culvert.conf"
check "a section that does not end" refuses 'culvert\.conf:[0-9]+: '
mkdir "$work/conf.d"
echo 'include "conf.d/*.conf"' > "$work/include"
server_config | cat - "$work/include" > "$work/culvert.conf"
check "an empty conf.d is right" in_ns server culvertd --check -c "$work/culvert.conf"
printf '# a branch\nuser "late" { routes = { "10.0.0.1/8" } }\n' > "$work/conf.d/late.conf"
server_config 'prot = 1723' | cat - "$work/include" > "$work/culvert.conf"
check "mistakes in an included file and in the one that has it" refuses_both
rm -r "$work/conf.d"
server_config > "$work/culvert.conf"
echo 'carol * "no end' >> "$work/secrets"
check "secrets with a string that does not end" warns 'warning: .*secrets:2: .*; this line lets nobody in'
rm "$work/secrets"
check "secrets that are not there" refuses 'secrets: '
user alice wonder
chmod 644 "$work/secrets"
check "secrets that everyone may read" refuses 'secrets'
check "nothing was started" nothing_runs
finish
