// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbols that the unit tests, module culvert_test, use.  Built only together with the tests.
 */
#include <linux/export.h>

#include "encrypt.h"
#include "gre.h"
#include "mppe.h"
#include "rate.h"
#include "rc4.h"
#include "session.h"
#include "stats.h"
#include "window.h"

EXPORT_SYMBOL_GPL(pptp_gre_parse);
EXPORT_SYMBOL_GPL(pptp_gre_build);
EXPORT_SYMBOL_GPL(pptp_rates_init);
EXPORT_SYMBOL_GPL(pptp_rate_burst);
EXPORT_SYMBOL_GPL(pptp_rate_set);
EXPORT_SYMBOL_GPL(pptp_rate_passes);
EXPORT_SYMBOL_GPL(pptp_session_init);
EXPORT_SYMBOL_GPL(pptp_session_destroy);
EXPORT_SYMBOL_GPL(pptp_session_bind);
EXPORT_SYMBOL_GPL(pptp_session_connect);
EXPORT_SYMBOL_GPL(pptp_session_close);
EXPORT_SYMBOL_GPL(pptp_session_lookup);
EXPORT_SYMBOL_GPL(pptp_session_lookup_peer);
EXPORT_SYMBOL_GPL(pptp_session_next);
EXPORT_SYMBOL_GPL(pptp_totals_alloc);
EXPORT_SYMBOL_GPL(pptp_totals_put);
EXPORT_SYMBOL_GPL(pptp_window_init);
EXPORT_SYMBOL_GPL(pptp_window_rx);
EXPORT_SYMBOL_GPL(pptp_window_rx_poll_kept);
EXPORT_SYMBOL_GPL(pptp_window_rx_deadline);
EXPORT_SYMBOL_GPL(pptp_window_rx_purge);
EXPORT_SYMBOL_GPL(pptp_window_rx_set_reorder);
EXPORT_SYMBOL_GPL(pptp_window_rx_set_window);
EXPORT_SYMBOL_GPL(pptp_window_tx_set_sliding);
EXPORT_SYMBOL_GPL(pptp_window_tx_time);
EXPORT_SYMBOL_GPL(pptp_window_tx_ack);
EXPORT_SYMBOL_GPL(pptp_window_tx_deadline);
EXPORT_SYMBOL_GPL(pptp_window_tx_expire);
EXPORT_SYMBOL_GPL(pptp_rc4_init);
EXPORT_SYMBOL_GPL(pptp_rc4_crypt);
EXPORT_SYMBOL_GPL(pptp_rc4_crypt_lanes);
EXPORT_SYMBOL_GPL(pptp_rc4_work_wipe);
EXPORT_SYMBOL_GPL(pptp_mppe_create);
EXPORT_SYMBOL_GPL(pptp_mppe_destroy);
EXPORT_SYMBOL_GPL(pptp_mppe_encrypt);
EXPORT_SYMBOL_GPL(pptp_mppe_decrypt);
EXPORT_SYMBOL_GPL(pptp_mppe_flush);
EXPORT_SYMBOL_GPL(pptp_mppe_coherency);
EXPORT_SYMBOL_GPL(pptp_mppe_key_steps);
EXPORT_SYMBOL_GPL(pptp_mppe_bits);
EXPORT_SYMBOL_GPL(pptp_mppe_stateless);
EXPORT_SYMBOL_GPL(pptp_mppe_run_ahead);
EXPORT_SYMBOL_GPL(pptp_mppe_run);
EXPORT_SYMBOL_GPL(pptp_line_join);
EXPORT_SYMBOL_GPL(pptp_line_push);
