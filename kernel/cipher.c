// SPDX-License-Identifier: GPL-2.0
#include <linux/percpu.h>

#include "cipher.h"
#include "mppe.h"

static DEFINE_PER_CPU(struct rc4_work, pptp_cipher_work);

void pptp_cipher_run(struct rc4_lane **jobs, unsigned int n)
{
	mppe_run(this_cpu_ptr(&pptp_cipher_work), jobs, n);
}
