/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of daemon and tools, as they show it. */
#ifndef CULVERT_UTIL_VERSION_H
#define CULVERT_UTIL_VERSION_H

#define CULVERT_VERSION "0.1"

#endif
