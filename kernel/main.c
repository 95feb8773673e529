// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/if_pppox.h>
#include <net/genetlink.h>

#include "compat.h"
#include "decrypt.h"
#include "encrypt.h"
#include "link.h"
#include "netlink.h"
#include "pernet.h"
#include "pppox.h"
#include "rx.h"
#include "session.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static struct pernet_operations pptp_net_ops = {
	.init = pptp_session_net_init,
	.exit = pptp_session_net_exit,
	.id = &pptp_net_id,
	.size = sizeof(struct pptp_net),
};

static int __init culvert_init(void)
{
	int err;

	pptp_session_memory_init();
	err = register_pernet_subsys(&pptp_net_ops);
	if (err)
		return err;

	err = pptp_encrypt_init();
	if (err)
		goto err_pernet;

	err = pptp_decrypt_init();
	if (err)
		goto err_encrypt;

	err = pptp_rx_init();
	if (err)
		goto err_decrypt;

	err = pptp_link_init();
	if (err)
		goto err_rx;

	err = pptp_netlink_init();
	if (err)
		goto err_link;

	/* Last: from here on there may be sockets, and sessions that use all of the others. */
	err = pptp_pppox_init();
	if (err)
		goto err_netlink;

	return 0;

err_netlink:
	pptp_netlink_exit();
err_link:
	pptp_link_exit();
err_rx:
	pptp_rx_exit();
err_decrypt:
	pptp_decrypt_exit();
err_encrypt:
	pptp_encrypt_exit();
err_pernet:
	unregister_pernet_subsys(&pptp_net_ops);
	return err;
}

static void __exit culvert_exit(void)
{
	pptp_pppox_exit();
	pptp_netlink_exit();
	pptp_link_exit();
	pptp_rx_exit();
	pptp_decrypt_exit();
	pptp_encrypt_exit();
	unregister_pernet_subsys(&pptp_net_ops);
	/* Wait for RCU callbacks that still free objects of this module. */
	rcu_barrier();
}

module_init(culvert_init);
module_exit(culvert_exit);

MODULE_AUTHOR("The Culvert developers");
MODULE_DESCRIPTION("PPTP data plane");
MODULE_VERSION(CULVERT_VERSION);
MODULE_LICENSE("GPL");
MODULE_ALIAS_NET_PF_PROTO(PF_PPPOX, PX_PROTO_PPTP);
MODULE_ALIAS_RTNL_LINK("pptp");
MODULE_ALIAS_GENL_FAMILY(PPTP_FAMILY_NAME);
