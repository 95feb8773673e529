// SPDX-License-Identifier: GPL-2.0-only
#include "client/host_ops.h"

static int watch_open(struct rtnl *watch, int *fd)
{
	int err = rtnl_watch_open(watch);

	if (!err)
		*fd = mnl_socket_get_fd(watch->nl.sock);
	return err;
}

const struct host_ops host_ops_real = {
	.addr_is_local = route_is_local,
	.addr_add = rtnl_addr_add,
	.vrf_get = rtnl_vrf_get,
	.link_set_vrf = rtnl_link_set_vrf,
	.link_up = rtnl_link_up,
	.route_add = route_add,
	.route_replace = route_replace,
	.route_del = route_del,
	.route_find = route_find,
	.route_lookup = route_lookup,
	.route_way = route_way,
	.watch_open = watch_open,
	.watch_read = rtnl_watch_read,
	.watch_close = rtnl_close,
	.masquerade_open = masquerade_open,
	.masquerade_close = masquerade_close,
	.tun_open = tun_open,
	.tun_close = tun_close,
	.tun_read = tun_read,
	.tun_pass_on = tun_pass_on,
	.lookup_start = lookup_start,
	.lookup_cancel = lookup_cancel,
};
