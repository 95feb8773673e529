/* SPDX-License-Identifier: GPL-2.0-only */
/* The version that the daemon and the tools show. */
#ifndef CULVERT_UTIL_VERSION_H
#define CULVERT_UTIL_VERSION_H

#define CULVERT_VERSION "0.1"

#endif
