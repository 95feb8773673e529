// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever a peer sends is described in printable text that fits, and in the same way twice. The first
 * octet of the input says whether the rest is a frame or a control message.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "trace/packet.h"
#include "util/text.h"

static void describe(struct trace_packet *p, const uint8_t *data, size_t size)
{
	if (data[0] & 1)
		trace_message(p, data + 1, size - 1);
	else
		trace_frame(p, data + 1, size - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TRACE_TEXT_SIZE], again[TRACE_TEXT_SIZE],
		shown[TEXT_SHOW_SIZE(sizeof(text))];
	static uint8_t octets[FUZZ_MAX];
	struct trace_packet p;

	if (!size)
		return 0;
	memset(&p, 0x5a, sizeof(p));
	describe(&p, data, size);
	trace_text(&p, text);
	assert(strlen(text) < sizeof(text) - 1);
	text_show(shown, sizeof(shown), text, strlen(text));
	assert(!strcmp(shown, text));
	memset(&p, 0xa5, sizeof(p));
	describe(&p, data, size);
	assert(!strcmp(trace_text(&p, again), text));
	if (size >= 4)
		trace_kept(&p, (uint16_t)(data[1] << 8 | data[2]), data[3], data + 4, size - 4);
	trace_sentence(&p, again, 1 + size % sizeof(again));
	assert(strlen(again) <= size % sizeof(again));
	memcpy(octets, data, size < sizeof(octets) ? size : sizeof(octets));
	trace_hide(octets, size < sizeof(octets) ? size : sizeof(octets));
	return 0;
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
#define S(octets)	{ octets, sizeof(octets) - 1 }
	static const struct {
		const char *octets;
		size_t len;
	} seeds[] = {
		S("\x00\xc0\x21\x01\x01\x00\x19\x01\x04\x05\x78\x02\x06\x00\x0a\x00\x00\x03\x05\xc2\x23\x81"
		  "\x05\x06\xaa\xbb\xcc\xdd"),
		S("\x00\xc0\x21\x08\x05\x00\x0a\x80\x57\x01\x01\x00\x04"),
		S("\x00\xc0\x21\x0d\x04\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x3c"),
		S("\x00\xc0\x23\x01\x05\x00\x11\x05" "alice" "\x06" "secret"),
		S("\x00\xc2\x23\x02\x01\x00\x10\x06" "secret" "alice"),
		S("\x00\xc2\x23\x04\x01\x00\x28" "E=691 R=1 C=secret V=3 M=not so nice"),
		S("\x00\xc2\x27\x02\x02\x00\x15\x1a\x02\x02\x00\x10\x06" "secret" "alice"),
		S("\x00\x80\xfd\x01\x01\x00\x0a\x12\x06\x01\x00\x00\x40"),
		S("\x00\x80\x21\x03\x01\x00\x10\x03\x06\x0a\x00\x00\x07\x81\x06\xc0\x00\x02\x35"),
		S("\x00\x80\x57\x01\x01\x00\x0e\x01\x0a\x00\x01\x02\x03\x04\x05\x06\x07"),
		S("\x01\x00\x10\x00\x01\x1a\x2b\x3c\x4d\x00\x05\x00\x00\x00\x00\x00\x07"),
		S("\x01\x00\x14\x00\x01\x1a\x2b\x3c\x4d\x00\x06\x00\x00\x00\x00\x00\x07\x01\x00\x00\x00"),
		S("\x01\x00\x10\x00\x02\x1a\x2b\x3c\x4d\x00\x63\x00\x00"),
	};

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	memcpy(buf, seeds[index].octets, seeds[index].len);
	return seeds[index].len;
}
