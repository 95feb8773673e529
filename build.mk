# SPDX-License-Identifier: GPL-2.0-only
#
# What daemon/ and tools/ share when they are built. Included by their Makefiles.
#
# CPPFLAGS, CFLAGS and LDFLAGS are the builder's, from the command line or the environment; what the code itself needs
# is in variables of our own and comes first. PKG_CONFIG is the program that finds libraries.
# SAN= builds unit programs without sanitizers, for C libraries and emulators that have none.
# WERROR=1 turns warnings into errors, V=1 shows the commands, B= moves the outputs.

TOP	:= $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
include $(TOP)/install.mk

CC	?= cc
AR	?= ar
CFLAGS	?= -O2 -g
PKG_CONFIG ?= pkg-config

ifeq ($(V),1)
Q	:=
say	= @:
else
Q	:= @
say	= @printf '  %-7s %s\n'
endif

# --- flags --------------------------------------------------------------------------------

WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
	   -Wno-unused-parameter $(if $(filter 1,$(WERROR)),-Werror)
LANGUAGE := -std=gnu11 -D_GNU_SOURCE -DCULVERT_VERSION='"$(CULVERT_VERSION)"' -MMD -MP

# The C library warns if there is no optimisation. A level that the builder chose, or the distribution for its compiler, is
# left alone: it may be a higher one. Asked for once.
optimised = $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS))))
fortified = $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null | grep _FORTIFY_SOURCE)
fortify	= $(eval fortify := $(if $(optimised),$(if $(fortified),,-D_FORTIFY_SOURCE=2)))$(fortify)
HARDEN	= -fstack-protector-strong $(fortify)
# The same program comes of the same sources, wherever they are.
ANYWHERE := -ffile-prefix-map=$(TOP)=.
LDHARDEN := -Wl,-z,relro,-z,now
SAN	:= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# $(call compile,OURS): the compiler with all that is the same for each object.
compile	= $(CC) $(LANGUAGE) $(WARN) $(1) $(CPPFLAGS) $(CFLAGS)
link	= $(CC) $(1) $(CFLAGS) $(LDFLAGS)

# The Makefile's own first goal counts.
.DEFAULT_GOAL := all

# --- libraries ----------------------------------------------------------------------------

# Debian's packages with what pkg-config knows by these names.
DEBIAN_cmocka		:= libcmocka-dev
DEBIAN_jansson		:= libjansson-dev
DEBIAN_libbsd-overlay	:= libbsd-dev
DEBIAN_libmicrohttpd	:= libmicrohttpd-dev
DEBIAN_libmnl		:= libmnl-dev
DEBIAN_libnftables	:= libnftables-dev
DEBIAN_libnftnl		:= libnftnl-dev
DEBIAN_libnm		:= libnm-dev
DEBIAN_libnl-3.0	:= libnl-3-dev
DEBIAN_libnl-genl-3.0	:= libnl-genl-3-dev
DEBIAN_libpq		:= libpq-dev
DEBIAN_libsystemd	:= libsystemd-dev
DEBIAN_libuv		:= libuv1-dev
DEBIAN_ncursesw		:= libncurses-dev
DEBIAN_nettle		:= nettle-dev
DEBIAN_sqlite3		:= libsqlite3-dev

# Nothing here is expanded before something is compiled or linked that needs it: `make install` of what is built, or
# `make` where nobody tests, does not ask for what it does not use.

missing	= $(strip $(foreach l,$(1),$(if $(shell $(PKG_CONFIG) --exists $(l) 2>/dev/null && echo y),,$(l))))

# $(call need,LIBRARIES): nothing, unless some are not there; then one line, and the end. The flags of libraries are asked
# for by $(call cflags_of,LIBRARIES) and $(call libs_of,LIBRARIES).
need	= $(if $(shell command -v $(firstword $(PKG_CONFIG))),,$(error $(PKG_CONFIG) is missing, which finds the \
	  libraries; on Debian: apt-get install pkg-config))$(call lacking,$(call missing,$(1)))
lacking	= $(if $(1),$(error missing: $(1); on Debian: apt-get install $(foreach l,$(1),$(DEBIAN_$(l)))))
cflags_of = $(if $(strip $(1)),$(call need,$(1))$(shell $(PKG_CONFIG) --cflags $(sort $(1))))
libs_of	= $(if $(strip $(1)),$(call need,$(1))$(shell $(PKG_CONFIG) --libs $(sort $(1))))

# What tests need first, lest its absence be told after a minute.
cmocka:
	@: $(call need,cmocka)
