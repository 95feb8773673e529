/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the daemon asks of libsystemd, which it can be built without (make SYSTEMD=). Without it nobody waits to be told
 * that the daemon is ready, and there is no journal.
 */
#ifndef CULVERT_UTIL_SYSTEMD_H
#define CULVERT_UTIL_SYSTEMD_H

#ifdef CULVERT_SYSTEMD
/* Where in our sources a line was written is always the same place: util/log.c. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#else
#include <errno.h>
#include <stdint.h>
#include <sys/uio.h>

#define SD_ERR		"<3>"
#define SD_WARNING	"<4>"

static inline int sd_notify(int unset_environment, const char *state)
{
	return 0;
}

static inline int __attribute__((format(printf, 2, 3)))
sd_notifyf(int unset_environment, const char *format, ...)
{
	return 0;
}

static inline int sd_watchdog_enabled(int unset_environment, uint64_t *usec)
{
	return 0;
}

static inline int sd_journal_sendv(const struct iovec *fields, int n)
{
	return -ENOSYS;
}
#endif

#endif
