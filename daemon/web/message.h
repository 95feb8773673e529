/* SPDX-License-Identifier: GPL-2.0-only */
/* A message of the control socket, taken apart for HTTP. Pure; nothing is copied. */
#ifndef CULVERT_WEB_MESSAGE_H
#define CULVERT_WEB_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

struct message_parts {
	unsigned int code;	/* 200, or the status of HTTP that the error comes nearest to */
	bool continues;		/* there are more replies */
	/* Of a reply its parameters, of an error the whole message. */
	const char *text;
	size_t len;
};

/* @text, of @len octets, is as the daemon writes it. */
void message_take_apart(struct message_parts *parts, const char *text, size_t len);

#endif
