# SPDX-License-Identifier: GPL-2.0-only
#
# Where things go, and how they are put there and taken away again. For Makefiles that set INSTALLED, a list of
# MODE:FILE:WHERE, and DESTDIR= for packagers. Of a FILE that ends in .in, the words between @ are filled in on the way.

# The one version: of the programs and their pages, of packages, and by kernel/Kbuild of the module.
CULVERT_VERSION := $(shell cat $(dir $(lastword $(MAKEFILE_LIST)))VERSION)

PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
SBINDIR	?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec
DESTDIR	?=

# With it the daemon tells systemd that it is ready, which the unit waits for, and writes to the journal. `make SYSTEMD=`
# does without; then no unit is installed.
SYSTEMD	?= libsystemd

FILLED	= -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@SBINDIR@|$(SBINDIR)|g' \
	  -e 's|@LIBEXECDIR@|$(LIBEXECDIR)|g' \
	  -e 's|@VERSION@|$(CULVERT_VERSION)|g'

place	= $(if $(filter %.in,$(2)),install -D -m $(1) /dev/null $(3) && sed $(FILLED) $(2) > $(3),install -D -m $(1) $(2) $(3))
put	= $(call place,$(word 1,$(1)),$(word 2,$(1)),$(DESTDIR)$(word 3,$(1)))
where	= $(DESTDIR)$(word 3,$(subst :, ,$(1)))

define newline


endef

# Recipes: of all that INSTALLED, or the list that is given, names.
put_all	= $(foreach i,$(1),$(call put,$(subst :, ,$(i)))$(newline))
remove_all = rm -f $(foreach i,$(1),$(call where,$(i)))
