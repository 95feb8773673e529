/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a connection of NetworkManager means to culvertd. Pure.
 *
 * The keys are those of NetworkManager-pptp, so that its connections can be used as they are, and some
 * options of the section "client" of culvert.conf(5) by their own names. What is said by none of them is
 * as culvertd has it: MS-CHAPv2, and MPPE of 128 bits is required.
 */
#ifndef NM_CULVERT_OPTIONS_H
#define NM_CULVERT_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Returns a new reference to the options for org.culvert.Client.Add, of a connection with the keys
 * and values of @data, whose interface is @interface unless a key says another one; NULL after writing
 * to @why, of @size octets, what is wrong.
 */
json_t *options_of(const json_t *data, const char *interface, char *why, size_t size);

/* Returns true if a client with these options has to have a password. */
bool options_need_password(const json_t *options);

/*
 * Write a name for a client and one for its interface, which are always the same for the connection
 * @uuid. @name has 64 octets, @interface 16.
 */
void options_names(const char *uuid, char *name, char *interface);

#endif
