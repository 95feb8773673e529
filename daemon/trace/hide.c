// SPDX-License-Identifier: GPL-2.0-only
/* PPP frames as octets, without what the descriptions in words do not show either. */
#include <string.h>

#include "ppp/ppp.h"
#include "trace/packet.h"

/* Offsets in a frame: the protocol field, code, identifier and length come before the data. */
enum {
	CODE = PPP_PROTO_LEN,
	DATA = PPP_PROTO_LEN + 4,
};

enum {
	REQUEST		= 1,		/* of PAP and EAP; a challenge of CHAP */
	RESPONSE	= 2,
	CODE_REJECT	= 7,
	PROTOCOL_REJECT	= 8,
	EAP_NAK		= 3,		/* the last type of EAP that proves nothing */
};

/* Hide at most @n octets, from the offset @from on. */
static void hide(uint8_t *frame, size_t len, size_t from, size_t n)
{
	if (from < len)
		memset(frame + from, 0, n < len - from ? n : len - from);
}

static void hide_all(uint8_t *frame, size_t len, size_t from)
{
	hide(frame, len, from, len);
}

/* @code: a request has the length of a name, a name, the length of a password, a password. */
static void hide_pap(uint8_t *frame, size_t len)
{
	if (frame[CODE] == REQUEST && len > DATA)
		hide_all(frame, len, DATA + 1 + frame[DATA] + 1);
}

/* A challenge or a response has the length of a value, a value, a name. */
static void hide_chap(uint8_t *frame, size_t len)
{
	if (frame[CODE] != REQUEST && frame[CODE] != RESPONSE)
		hide_all(frame, len, DATA);
	else if (len > DATA)
		hide(frame, len, DATA + 1, frame[DATA]);
}

static void hide_eap(uint8_t *frame, size_t len)
{
	if ((frame[CODE] == REQUEST || frame[CODE] == RESPONSE) && len > DATA &&
	    frame[DATA] > EAP_NAK)
		hide_all(frame, len, DATA + 1);
}

void trace_hide(uint8_t *frame, size_t len)
{
	if (len <= CODE)
		return;
	switch (frame[0] << 8 | frame[1]) {
	case PPP_PROTO_PAP:
		hide_pap(frame, len);
		break;
	case PPP_PROTO_CHAP:
		hide_chap(frame, len);
		break;
	case PPP_PROTO_EAP:
		hide_eap(frame, len);
		break;
	default:
		/* What is rejected begins with its code, or with its protocol. */
		if (frame[CODE] == CODE_REJECT || frame[CODE] == PROTOCOL_REJECT)
			hide_all(frame, len, DATA + PPP_PROTO_LEN);
	}
}
