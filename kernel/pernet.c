// SPDX-License-Identifier: GPL-2.0-only
#include "pernet.h"

unsigned int pptp_net_id __read_mostly;
