/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface definition language of Varlink (https://varlink.org/Interface-Definition): parses the
 * description of an interface. Pure.
 *
 * A parsed interface is one piece: idl_free() frees all that is reached from it. Comments are not
 * kept; who wants them reads the text.
 */
#ifndef CULVERT_CONTROL_IDL_H
#define CULVERT_CONTROL_IDL_H

#include <stdbool.h>
#include <stddef.h>

#define IDL_MAX_TEXT	65536	/* octets of a description */
#define IDL_MAX_DEPTH	16	/* of types in types */

enum idl_kind {
	IDL_BOOL,
	IDL_INT,
	IDL_FLOAT,
	IDL_STRING,
	IDL_OBJECT,		/* any JSON object */
	IDL_ANY,		/* any JSON value but null */
	IDL_ENUM,		/* one of the names of @fields */
	IDL_STRUCT,		/* @fields */
	IDL_NAMED,		/* @of: the type that is called @name */
	IDL_MAYBE,		/* null, no member, or @of */
	IDL_ARRAY,		/* of @of */
	IDL_MAP,		/* an object of any members, each @of */
};

struct idl_type {
	enum idl_kind kind;
	const char *name;		/* of IDL_NAMED */
	const struct idl_type *of;
	const struct idl_field *fields;	/* in their order; NULL: none */
};

struct idl_field {
	const char *name;
	const struct idl_type *type;	/* NULL in an enum */
	const struct idl_field *next;
};

enum idl_what {
	IDL_TYPE,
	IDL_METHOD,
	IDL_ERROR,
};

struct idl_member {
	enum idl_what what;
	const char *name;
	const struct idl_type *in;	/* of a method: its parameters; else the type itself */
	const struct idl_type *out;	/* of a method: those of its replies */
	const struct idl_member *next;
};

struct idl_interface {
	const char *name;		/* "org.culvert.Session" */
	const struct idl_member *members;	/* in their order; NULL: none */
};

struct idl_fault {
	unsigned int line;		/* from 1 */
	char text[120];			/* what is wrong there */
};

/*
 * Parse the @len octets of @text, which need not end with a NUL. Returns NULL with the first fault
 * in @fault. Each name that is used as a type is one of the interface's.
 */
struct idl_interface *idl_parse(const char *text, size_t len, struct idl_fault *fault);

void idl_free(struct idl_interface *interface);	/* NULL is allowed */

/* Returns the member of this kind and name; NULL if there is none. */
const struct idl_member *idl_find(const struct idl_interface *interface, enum idl_what what,
				  const char *name);

/*
 * Returns true if both types say the same. Of types in them that have names, the names are compared.
 */
bool idl_same(const struct idl_type *a, const struct idl_type *b);

#endif
