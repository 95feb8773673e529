// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "accounting/accounting.h"
#include "control/commands_priv.h"

json_t *api_accounting(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct api *api = ctx;
	struct accounting_view v;

	if (!api->accounting) {
		control_refused(error, "culvertd is about to stop");
		return NULL;
	}
	accounting_look(api->accounting, &v);
	return json_pack("{s:b, s:b, s:i, s:I, s:I, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, "
			 "s:I, s:I, s:i, s:I, s:b}",
			 "radius", v.radius,
			 "file", v.file,
			 "sessions", v.sessions,
			 "queued", (json_int_t)v.queued,
			 "oldest_s", (json_int_t)v.oldest_s,
			 "under_way", v.under_way,
			 "sent", (json_int_t)v.counts.sent,
			 "unanswered", (json_int_t)v.failures,
			 "merged", (json_int_t)v.counts.merged,
			 "dropped", (json_int_t)v.counts.dropped,
			 "too_old", (json_int_t)v.counts.too_old,
			 "unusable", (json_int_t)v.counts.unusable,
			 "not_known", (json_int_t)v.counts.not_known,
			 "store_fault", v.store_fault,
			 "store_errors", (json_int_t)v.counts.store_errors,
			 "lines", (json_int_t)v.lines,
			 "lines_queued", v.lines_queued,
			 "lines_dropped", (json_int_t)v.lines_dropped,
			 "file_fault", v.file_fault);
}
