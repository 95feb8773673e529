// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trace/packet_priv.h"
#include "util/text.h"

#define CUT	"..."

void packet_begin(struct trace_packet *p, const char *protocol)
{
	p->protocol = protocol;
	p->code[0] = '\0';
	p->id = -1;
	p->len = 0;
	p->cut = false;
}

void packet_code(struct trace_packet *p, const char *name, unsigned int code)
{
	if (name)
		snprintf(p->code, sizeof(p->code), "%s", name);
	else
		snprintf(p->code, sizeof(p->code), "code %u", code);
}

void packet_add(struct trace_packet *p, const char *fmt, ...)
{
	/* There is always room for CUT. */
	size_t room = sizeof(p->fields) - sizeof(CUT) - p->len;
	char *field = p->fields + p->len;
	va_list args;
	int len;

	if (p->cut)
		return;
	va_start(args, fmt);
	len = vsnprintf(field, room, fmt, args);
	va_end(args);
	p->cut = len < 0 || (size_t)len >= room;
	if (p->cut)
		len = snprintf(field, sizeof(CUT), CUT);
	p->len += (size_t)len + 1;
}

void packet_add_text(struct trace_packet *p, const char *name, const void *text, size_t len)
{
	char shown[TEXT_QUOTE_SIZE], quoted[TEXT_QUOTE_SIZE];

	text_show(shown, sizeof(shown), text, len);
	packet_add(p, "%s %s", name, text_quote(quoted, shown));
}

void packet_add_rest(struct trace_packet *p, const char *name, struct reader *r)
{
	size_t len = rd_left(r);

	if (len)
		packet_add_text(p, name, rd_bytes(r, len), len);
}

void packet_add_octets(struct trace_packet *p, const char *name, const struct reader *r)
{
	size_t len = rd_left(r);

	if (len)
		packet_add(p, "%s%s%zu octet%s", name, *name ? " " : "", len, len == 1 ? "" : "s");
}

const char *trace_next_field(const struct trace_packet *p, const char *field)
{
	const char *next = field ? field + strlen(field) + 1 : p->fields;

	return next < p->fields + p->len ? next : NULL;
}

char *trace_sentence(const struct trace_packet *p, char *text, size_t size)
{
	int n = snprintf(text, size, "%s%s%s", p->protocol, *p->code ? " " : "", p->code);
	size_t len = n > 0 ? (size_t)n : 0;

	for (const char *f = trace_next_field(p, NULL); f && len < size;
	     f = trace_next_field(p, f)) {
		n = snprintf(text + len, size - len, "%s %s", f == p->fields ? ":" : ",", f);
		len += n > 0 ? (size_t)n : 0;
	}
	return text;
}

const char *trace_text(const struct trace_packet *p, char text[TRACE_TEXT_SIZE])
{
	int len = snprintf(text, TRACE_TEXT_SIZE, "%s%s%s", p->protocol, *p->code ? " " : "",
			   p->code);

	if (p->id >= 0)
		len += snprintf(text + len, TRACE_TEXT_SIZE - (size_t)len, " id %d", p->id);
	/* A field is longer than what is put around it, so there is room for all. */
	for (const char *f = trace_next_field(p, NULL); f; f = trace_next_field(p, f))
		len += snprintf(text + len, TRACE_TEXT_SIZE - (size_t)len, " <%s>", f);
	return text;
}
