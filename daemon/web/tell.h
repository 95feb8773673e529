/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the scrape: what is told at once, by subject; each in less than a slice. */
#ifndef CULVERT_WEB_TELL_H
#define CULVERT_WEB_TELL_H

#include "web/scrape.h"

typedef void (*tell_fn)(struct metrics_text *t, const struct scrape_source *from);

extern const tell_fn tell_all[];	/* ends with NULL */

#endif
