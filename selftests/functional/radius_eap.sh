#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# EAP between pppd and FreeRADIUS, which Culvert only passes on (RFC 3579): a password by EAP-MD5 and EAP-MSCHAPv2, and a
# certificate by EAP-TLS, in fragments, whose keys come back for MPPE.
. "$(dirname "$0")/radius_lib"

tls=(ca "$radius_tree/certs/ca.pem" cert "$radius_tree/certs/dave.pem" key "$radius_tree/certs/dave.key")

is_eap() {
	[ "$(sessions '.[0].auth')" = eap ]
}

encrypted() {
	[ "$(sessions '.[0].mppe.bits')" = 128 ]
}

goes() {
	hang_up client1
	wait_for 20 session_count 0
}

# in_fragments: what the server had to say did not fit into one packet, so that it asked several times.
in_fragments() {
	[ "$(grep -c 'Sent Access-Challenge' "$radius_log" | tee /dev/stderr)" -ge 6 ]
}

# starts_with TYPE: what FreeRADIUS proposes first.
starts_with() {
	radius_stop
	sed -i "0,/default_eap_type = .*/s//default_eap_type = $1/" "$radius_tree/radiusd.conf"
	radius_start
}

plan 16
radius_topology 1
sed -i 's/fragment_size = .*/fragment_size = 300/' "$radius_tree/radiusd.conf"
radius_start
client_auth=nomppe
office 'auth = { eap }' 'mppe = off'
check "EAP-MD5: alice comes up" come client1 alice wonder
check "EAP-MD5: it was EAP" is_eap
check "EAP-MD5: what was granted counts" eval 'address_of client1 | grep -q "^10.99.0.33"'
check "EAP-MD5: her packets pass" ping_from client1 "$inner_server"
check "EAP-MD5: she goes" goes
check "EAP-MD5: a wrong password is refused" refused client1 alice mistaken
check "the server is sent EAP-Message and State" asked 'EAP-Message = 0x' 'State = 0x'

starts_with tls
client_auth=require-mppe-128
office_again 'auth = { eap }'
check "EAP-TLS: dave comes up by his certificate" come client1 dave '' "${tls[@]}"
check "EAP-TLS: with MPPE, by the keys of TLS" encrypted
check "EAP-TLS: his packets pass" ping_from client1 "$inner_server"
check "EAP-TLS: it came in fragments" in_fragments
check "EAP-TLS: he goes" goes
tls[3]=$radius_tree/certs/eve.pem tls[5]=$radius_tree/certs/eve.key
check "EAP-TLS: another's certificate is refused" refused client1 dave '' "${tls[@]}"

starts_with mschapv2
check "EAP-MSCHAPv2: alice comes up" come client1 alice wonder
check "EAP-MSCHAPv2: a wrong password is refused" eval 'goes && refused client1 alice mistaken'
check "nothing was granted before its time" eval '! log_says "not allowed in this packet"'
finish
