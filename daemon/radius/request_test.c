// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "radius/hex_test.h"
#include "radius/request.h"

static const struct radius_secret secret = { "xyzzy5461", 9 };

static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = {
	0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
	0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a,
};

/* --- packets as text ------------------------------------------------------------------------- */

static void show_hex(FILE *out, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", octets[i]);
}

static void show(FILE *out, const struct radius_definition *d, const struct radius_attribute *a)
{
	uint32_t number = a->len == 4 ? (uint32_t)a->value[0] << 24 | a->value[1] << 16 |
					a->value[2] << 8 | a->value[3] : 0;

	fprintf(out, "%s=", d->name);
	if (d->format == RADIUS_TEXT || d->format == RADIUS_TAGGED_TEXT)
		fprintf(out, "%.*s\n", a->len, (const char *)a->value);
	else if (d->format == RADIUS_ADDRESS)
		fprintf(out, "%s\n", ip_text(ip_from_number(number)));
	else if (a->len == 4)
		fprintf(out, "%u\n", number);
	else
		show_hex(out, a->value, a->len);
	if (d->format != RADIUS_TEXT && d->format != RADIUS_TAGGED_TEXT && a->len != 4)
		fputc('\n', out);
}

/* Compares the attributes of a packet, Message-Authenticator but for, each in its line. */
static void assert_packet(struct radius_writer *w, const char *want)
{
	struct radius_iterator it;
	struct radius_attribute a;
	struct radius_packet p;
	char got[4000] = "";
	FILE *out = fmemopen(got, sizeof(got), "w");
	size_t len = radius_end_request(w, secret);

	assert_non_null(out);
	assert_int_not_equal(len, 0);
	assert_int_equal(radius_parse(&p, w->out.start, len), RADIUS_SOUND);
	for (it = radius_attributes(&p); radius_next(&it, &a);) {
		const struct radius_definition *d = radius_definition(a.vendor, a.type);

		/* what we send is as the table says */
		assert_non_null(d);
		assert_true(d->where & radius_where(p.code));
		assert_true(radius_is_well_formed(d, &a));
		if (a.vendor || a.type != RADIUS_MESSAGE_AUTHENTICATOR)
			show(out, d, &a);
	}
	fclose(out);
	assert_string_equal(got, want);
}

/* --- logins ---------------------------------------------------------------------------------- */

static const struct radius_nas nas = { .identifier = "lns1" };

static const struct radius_session bare = { .user = "nemo", .user_len = 4 };

#define BARE						\
	"NAS-Identifier=lns1\n"				\
	"User-Name=nemo\n"				\
	"Service-Type=2\n"				\
	"Framed-Protocol=1\n"				\
	"NAS-Port-Type=5\n"				\
	"Tunnel-Type=1\n"				\
	"Tunnel-Medium-Type=1\n"

static uint8_t buf[RADIUS_PACKET_MAX];

static struct radius_writer login_of(const struct radius_nas *who,
				     const struct radius_session *session,
				     const struct radius_login *login)
{
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, authenticator);
	radius_write_login(&w, who, session, login, secret);
	return w;
}

static struct radius_login proof(enum radius_proof kind, const char *challenge,
				 size_t challenge_len, const void *response, size_t response_len)
{
	return (struct radius_login){
		.proof = kind, .id = 0x16,
		.challenge = (const uint8_t *)challenge, .challenge_len = challenge_len,
		.response = response, .response_len = response_len,
	};
}

static void pap(void **state)
{
	struct radius_login login = proof(RADIUS_PROOF_PAP, NULL, 0, "arctangent", 10);
	struct radius_writer w = login_of(&nas, &bare, &login);

	/* RFC 2865 section 7.1 */
	assert_packet(&w, BARE "User-Password=0dbe708d93d413ce3196e43f782a0aee\n");
}

static void chap(void **state)
{
	struct radius_login login = proof(RADIUS_PROOF_CHAP, "0123456789", 10,
					  "abcdefghijklmnop", 16);
	struct radius_writer w = login_of(&nas, &bare, &login);

	assert_packet(&w, BARE
		      "CHAP-Password=166162636465666768696a6b6c6d6e6f70\n"
		      "CHAP-Challenge=30313233343536373839\n");
}

/* 24 octets of one response, 24 of the other, and the flags. */
static void value_of_ppp(uint8_t value[49])
{
	memset(value, 0x11, 24);
	memset(value + 24, 0x22, 24);
	value[48] = 1;
}

#define ELEVEN	"111111111111111111111111111111111111111111111111"
#define TWENTY	"222222222222222222222222222222222222222222222222"

static void mschap(void **state)
{
	struct radius_login login;
	struct radius_writer w;
	uint8_t value[49];

	value_of_ppp(value);
	/* PPP keeps challenges of both versions in one place; the first eight octets are ours */
	login = proof(RADIUS_PROOF_MSCHAP, "0123456789abcdef", 16, value, sizeof(value));
	w = login_of(&nas, &bare, &login);
	assert_packet(&w, BARE
		      "MS-CHAP-Challenge=3031323334353637\n"
		      "MS-CHAP-Response=1601" ELEVEN TWENTY "\n");
}

static void mschap_v2(void **state)
{
	struct radius_login login;
	struct radius_writer w;
	uint8_t value[49];

	value_of_ppp(value);
	value[48] = 0;
	login = proof(RADIUS_PROOF_MSCHAPV2, "0123456789abcdef", 16, value, sizeof(value));
	w = login_of(&nas, &bare, &login);
	assert_packet(&w, BARE
		      "MS-CHAP-Challenge=30313233343536373839616263646566\n"
		      "MS-CHAP2-Response=1600" ELEVEN TWENTY "\n");
}

static void eap(void **state)
{
	static const uint8_t identity[] = { 2, 7, 0, 9, 1, 'n', 'e', 'm', 'o' };
	const struct radius_octets answered = { .len = 2, .octets = { 0xab, 0xcd } };
	struct radius_login login = proof(RADIUS_PROOF_EAP, NULL, 0, identity, sizeof(identity));
	struct radius_writer w;

	login.state = &answered;
	login.mtu = 1400;
	w = login_of(&nas, &bare, &login);
	assert_packet(&w, BARE "EAP-Message=02070009016e656d6f\nState=abcd\nFramed-MTU=1400\n");
	assert_int_not_equal(w.signed_at, 0);
}

static void all_that_a_session_has(void **state)
{
	const struct radius_nas all_nas = { "lns1", ip_from_number(0xc0000201) };
	struct radius_session session = {
		.user = "nemo", .user_len = 4, .id = "5f00-1", .multi_id = "5f00",
		.port = { true, 0 }, .port_id = "pptp7", .calling = "198.51.100.7",
		.called = "192.0.2.1", .peer = ip_from_number(0xc6336407),
		.local = ip_from_number(0xc0000201),
	};
	struct radius_login login = proof(RADIUS_PROOF_PAP, NULL, 0, "arctangent", 10);
	struct radius_writer w;

	login.address = ip_from_number(0x0a000009);
	w = login_of(&all_nas, &session, &login);
	assert_packet(&w,
		      "NAS-Identifier=lns1\nNAS-IP-Address=192.0.2.1\n"
		      "User-Name=nemo\nService-Type=2\nFramed-Protocol=1\n"
		      "NAS-Port=0\nNAS-Port-Id=pptp7\nNAS-Port-Type=5\n"
		      "Calling-Station-Id=198.51.100.7\nCalled-Station-Id=192.0.2.1\n"
		      "Acct-Session-Id=5f00-1\nAcct-Multi-Session-Id=5f00\n"
		      "Tunnel-Type=1\nTunnel-Medium-Type=1\n"
		      "Tunnel-Client-Endpoint=198.51.100.7\nTunnel-Server-Endpoint=192.0.2.1\n"
		      "User-Password=0dbe708d93d413ce3196e43f782a0aee\n"
		      "Framed-IP-Address=10.0.0.9\n");
}

static void outside_is_ipv6(void **state)
{
	struct radius_nas nas6 = { .identifier = "" };
	struct radius_session session = bare;
	struct radius_login login = proof(RADIUS_PROOF_PAP, NULL, 0, "arctangent", 10);
	struct radius_writer w;

	assert_true(ip_parse("2001:db8::1", &nas6.address));
	assert_true(ip_parse("2001:db8::7", &session.peer));
	session.local = nas6.address;
	w = login_of(&nas6, &session, &login);
	assert_packet(&w,
		      "NAS-IPv6-Address=20010db8000000000000000000000001\n"
		      "User-Name=nemo\nService-Type=2\nFramed-Protocol=1\nNAS-Port-Type=5\n"
		      "Tunnel-Type=1\nTunnel-Medium-Type=2\n"
		      "Tunnel-Client-Endpoint=2001:db8::7\nTunnel-Server-Endpoint=2001:db8::1\n"
		      "User-Password=0dbe708d93d413ce3196e43f782a0aee\n");
}

static void what_cannot_be_said_is_not_sent(void **state)
{
	static const uint8_t octets[300];
	const struct radius_login logins[] = {
		proof(RADIUS_PROOF_PAP, NULL, 0, octets, 129),
		proof(RADIUS_PROOF_CHAP, "x", 1, octets, 15),
		proof(RADIUS_PROOF_CHAP, "x", 1, octets, 17),
		proof(RADIUS_PROOF_CHAP, "", 0, octets, 16),
		proof(RADIUS_PROOF_CHAP, (const char *)octets, 254, octets, 16),
		proof(RADIUS_PROOF_MSCHAP, "01234567", 8, octets, 48),
		proof(RADIUS_PROOF_MSCHAP, "0123456", 7, octets, 49),
		proof(RADIUS_PROOF_MSCHAPV2, "01234567", 8, octets, 49),
		proof(RADIUS_PROOF_EAP, NULL, 0, octets, 0),
	};
	struct radius_session session = { .user = (const char *)octets, .user_len = 254 };
	struct radius_login good = proof(RADIUS_PROOF_PAP, NULL, 0, "x", 1);
	struct radius_writer w;

	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		w = login_of(&nas, &bare, &logins[i]);
		assert_int_equal(radius_end_request(&w, secret), 0);
	}
	w = login_of(&nas, &session, &good);
	assert_int_equal(radius_end_request(&w, secret), 0);
	/* nor what has no room even for the header */
	radius_begin(&w, buf, 10, RADIUS_ACCESS_REQUEST, 1, authenticator);
	radius_write_login(&w, &nas, &bare, &good, secret);
	assert_int_equal(radius_end_request(&w, secret), 0);
}

/* --- records --------------------------------------------------------------------------------- */

static struct radius_writer record_of(const struct radius_session *session,
				      const struct radius_record *record, uint32_t age_s)
{
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, 1, NULL);
	radius_write_record(&w, &nas, session, record, age_s);
	return w;
}

static void on_and_off(void **state)
{
	struct radius_record record = { .status = RADIUS_STATUS_ON, .id = "5f00" };
	struct radius_writer w = record_of(NULL, &record, 0);

	assert_packet(&w, "Acct-Status-Type=7\nNAS-Identifier=lns1\nAcct-Delay-Time=0\n"
		      "Acct-Session-Id=5f00\n");
	record.status = RADIUS_STATUS_OFF;
	record.event_time = 1700000000;
	w = record_of(NULL, &record, 9);
	assert_packet(&w, "Acct-Status-Type=8\nNAS-Identifier=lns1\nAcct-Delay-Time=9\n"
		      "Event-Timestamp=1700000000\nAcct-Session-Id=5f00\n");
}

#define SESSION								\
	"User-Name=nemo\nService-Type=2\nFramed-Protocol=1\n"		\
	"NAS-Port-Type=5\nAcct-Session-Id=5f00-1\nTunnel-Type=1\nTunnel-Medium-Type=1\n"

static void start_interim_and_stop(void **state)
{
	const struct radius_session session = { .user = "nemo", .user_len = 4, .id = "5f00-1" };
	struct radius_record record = {
		.status = RADIUS_STATUS_START, .event_time = 1700000000,
		.authentic = RADIUS_AUTHENTIC_RADIUS, .address = ip_from_number(0x0a000001),
		.session_time_s = 60, .cause = 1,
		.input_octets = 0x300000005, .output_octets = 0xffffffff,
		.input_packets = 0x100000007, .output_packets = 8,
	};
	struct radius_writer w = record_of(&session, &record, 0);

	assert_packet(&w, "Acct-Status-Type=1\nNAS-Identifier=lns1\nAcct-Delay-Time=0\n"
		      "Event-Timestamp=1700000000\n" SESSION
		      "Framed-IP-Address=10.0.0.1\nAcct-Authentic=1\n");
	record.status = RADIUS_STATUS_INTERIM;
	w = record_of(&session, &record, 0);
	assert_packet(&w, "Acct-Status-Type=3\nNAS-Identifier=lns1\nAcct-Delay-Time=0\n"
		      "Event-Timestamp=1700000000\n" SESSION
		      "Framed-IP-Address=10.0.0.1\nAcct-Authentic=1\n"
		      "Acct-Session-Time=60\nAcct-Input-Octets=5\nAcct-Input-Gigawords=3\n"
		      "Acct-Output-Octets=4294967295\nAcct-Output-Gigawords=0\n"
		      "Acct-Input-Packets=7\nAcct-Output-Packets=8\n");
	record.status = RADIUS_STATUS_STOP;
	record.authentic = RADIUS_AUTHENTIC_NOT_SAID;
	w = record_of(&session, &record, 4);
	assert_packet(&w, "Acct-Status-Type=2\nNAS-Identifier=lns1\nAcct-Delay-Time=4\n"
		      "Event-Timestamp=1700000000\n" SESSION "Framed-IP-Address=10.0.0.1\n"
		      "Acct-Session-Time=60\nAcct-Input-Octets=5\nAcct-Input-Gigawords=3\n"
		      "Acct-Output-Octets=4294967295\nAcct-Output-Gigawords=0\n"
		      "Acct-Input-Packets=7\nAcct-Output-Packets=8\nAcct-Terminate-Cause=1\n");
}

static void what_a_session_has_got(void **state)
{
	static const uint8_t ifid[8] = { 0, 0, 0, 0, 0, 0, 0, 7 };
	static const struct radius_octets classes[] = {
		{ .len = 1, .octets = { 0xaa } }, { .len = 2, .octets = { 0xbb, 0xcc } },
	};
	struct ip_prefix prefixes[] = { { .length = 64 }, { .length = 57 } };
	const struct radius_session session = { .user = "nemo", .user_len = 4, .id = "5f00-1" };
	struct radius_record record = {
		.status = RADIUS_STATUS_START, .ifid = ifid, .prefixes6 = prefixes,
		.n_prefixes6 = 1, .delegated6 = prefixes + 1, .n_delegated6 = 1,
		.classes = classes, .n_classes = 2,
	};
	struct radius_writer w;

	assert_true(ip_parse("2001:db8::1", &prefixes[0].address));
	assert_true(ip_parse("2001:db8:1:2ff::", &prefixes[1].address));
	w = record_of(&session, &record, 0);
	assert_packet(&w, "Acct-Status-Type=1\nNAS-Identifier=lns1\nAcct-Delay-Time=0\n" SESSION
		      "Framed-Interface-Id=0000000000000007\n"
		      "Framed-IPv6-Prefix=004020010db800000000\n"
		      "Delegated-IPv6-Prefix=003920010db800010280\n"
		      "Class=aa\nClass=bbcc\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pap),
		cmocka_unit_test(chap),
		cmocka_unit_test(mschap),
		cmocka_unit_test(mschap_v2),
		cmocka_unit_test(eap),
		cmocka_unit_test(all_that_a_session_has),
		cmocka_unit_test(outside_is_ipv6),
		cmocka_unit_test(what_cannot_be_said_is_not_sent),
		cmocka_unit_test(on_and_off),
		cmocka_unit_test(start_interim_and_stop),
		cmocka_unit_test(what_a_session_has_got),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
