// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "session/radius_session.h"

void radius_session_of(const struct session *s, struct radius_session *to,
		       struct radius_session_texts *texts)
{
	const struct session_record *r = &s->record;
	const char *user = s->grant && *s->grant->user ? s->grant->user : r->user;

	session_acct_id(s, texts->id);
	snprintf(texts->port_id, sizeof(texts->port_id), "%s:%llu", r->owner,
		 (unsigned long long)r->id);
	ip_format(r->addr.remote, texts->calling);
	ip_format(r->addr.local, texts->called);
	*to = (struct radius_session){
		.user = user,
		.user_len = strlen(user),
		.id = texts->id,
		.multi_id = texts->id,
		.port = { .given = true, .value = (uint32_t)r->id },
		.port_id = texts->port_id,
		.calling = texts->calling,
		.called = texts->called,
		.peer = r->addr.remote,
		.local = r->addr.local,
	};
}
