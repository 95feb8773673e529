/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The second half of MPPE: RC4 over a batch of jobs, on tables of this CPU.
 */
#ifndef _CULVERT_CIPHER_H
#define _CULVERT_CIPHER_H

struct rc4_lane;

#define PPTP_CIPHER_BATCH	64	/* jobs in one call, at most */

/**
 * pptp_cipher_run() - run jobs and wipe their keys
 * @jobs: filled by mppe_encrypt() or mppe_decrypt(); reordered
 * @n: how many, at most PPTP_CIPHER_BATCH
 *
 * Context: bottom halves off, not from hard interrupts.
 */
void pptp_cipher_run(struct rc4_lane **jobs, unsigned int n);

#endif /* _CULVERT_CIPHER_H */
