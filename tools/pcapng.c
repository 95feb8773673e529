// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "pcapng.h"
#include "util/bytes.h"

/* Types of blocks (section 4) and options (sections 3.5 and 4). */
enum {
	BLOCK_SECTION		= 0x0a0d0d0a,
	BLOCK_INTERFACE		= 1,
	BLOCK_PACKET		= 6,
	ORDER_MAGIC		= 0x1a2b3c4d,
	OPTION_END		= 0,
	OPTION_COMMENT		= 1,
	OPTION_NAME		= 2,	/* of an interface */
	OPTION_FLAGS		= 2,	/* of a packet */
	OPTION_DESCRIPTION	= 3,	/* of an interface */
	OPTION_PROGRAM		= 4,	/* of a section */
};

/* Numbers are in the order of this machine, which the magic number of the section tells. */
static void put16(struct writer *w, uint16_t v)
{
	wr_copy(w, &v, sizeof(v));
}

static void put32(struct writer *w, uint32_t v)
{
	wr_copy(w, &v, sizeof(v));
}

static void put_padded(struct writer *w, const void *data, size_t len)
{
	wr_copy(w, data, len);
	wr_zero(w, -len & 3);
}

static void put_option(struct writer *w, uint16_t code, const void *value, size_t len)
{
	put16(w, code);
	put16(w, (uint16_t)len);
	put_padded(w, value, len);
}

static void put_text(struct writer *w, uint16_t code, const char *text)
{
	if (text)
		put_option(w, code, text, strnlen(text, PCAPNG_TEXT_MAX));
}

/* The length stands behind the type, and again at the end. */
static struct writer begin(uint8_t *buf, size_t size, uint32_t type)
{
	struct writer w = wr_init(buf, size);

	put32(&w, type);
	put32(&w, 0);
	return w;
}

static size_t end(struct writer *w)
{
	uint32_t len = (uint32_t)wr_len(w) + 8;

	put32(w, OPTION_END);
	put32(w, len);
	if (!wr_ok(w))
		return 0;
	memcpy(w->start + 4, &len, sizeof(len));
	return len;
}

size_t pcapng_section(uint8_t *buf, size_t size, const char *program)
{
	struct writer w = begin(buf, size, BLOCK_SECTION);

	put32(&w, ORDER_MAGIC);
	put16(&w, 1);		/* version 1.0 */
	put16(&w, 0);
	put32(&w, ~0u);		/* the length of the section is not known */
	put32(&w, ~0u);
	put_text(&w, OPTION_PROGRAM, program);
	return end(&w);
}

size_t pcapng_interface(uint8_t *buf, size_t size, uint16_t linktype, const char *name,
			const char *description)
{
	struct writer w = begin(buf, size, BLOCK_INTERFACE);

	put16(&w, linktype);
	put16(&w, 0);
	put32(&w, 0);		/* packets of any length */
	put_text(&w, OPTION_NAME, name);
	put_text(&w, OPTION_DESCRIPTION, description);
	return end(&w);
}

size_t pcapng_packet(uint8_t *buf, size_t size, const struct pcapng_packet *packet)
{
	struct writer w = begin(buf, size, BLOCK_PACKET);
	const uint32_t flags = packet->direction;

	put32(&w, packet->interface);
	put32(&w, (uint32_t)(packet->time_us >> 32));
	put32(&w, (uint32_t)packet->time_us);
	put32(&w, (uint32_t)packet->len);
	put32(&w, (uint32_t)packet->original);
	put_padded(&w, packet->data, packet->len);
	if (flags)
		put_option(&w, OPTION_FLAGS, &flags, sizeof(flags));
	put_text(&w, OPTION_COMMENT, packet->comment);
	return end(&w);
}
