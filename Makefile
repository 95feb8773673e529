# SPDX-License-Identifier: GPL-2.0-only
#
# Culvert: PPTP server and client for Linux.
#
#	make			module, daemon and tools, into build/
#	make module daemon tools	each by itself; module: KDIR= or KERNELRELEASE= (default: the running kernel)
#	make install		all of it; DESTDIR, PREFIX. In parts: install-userland has all but the module, install-module
#				the module for KDIR, install-dkms its sources for dkms, which builds it for every kernel
#	make uninstall		takes away what install has put there; DESTDIR, PREFIX, KDIR likewise
#	make unit [T=name]	unit tests of daemon and tools: needs no root, installs nothing
#	make lint		what can be said of the sources with what is installed, likewise
#	make demo		a server and a real client in a guest, from nothing to traffic
#	make check [T=name]	all tests, or one
#	make soak [T=name]	what takes long: hours
#	make matrix [T=name]	the module against every kernel that Debian offers: build/matrix.json
#	make bench		performance as ratios within one boot: build/bench.json; SESSIONS=10000 for a larger herd
#	make compile_commands.json	how each source is compiled, for clangd and the like
#	make coverage		what the unit tests of the daemon reach, into build/coverage
#	make dist		the sources of the last commit: build/culvert-VERSION.tar.gz
#	make packages		Debian packages of the last commit: build/packages
#	make clean		remove build/ (guest kernels are in ~/.cache/culvert and stay)
#
# demo, check, soak, matrix, bench and packages install the Debian packages that are missing (as root). CPPFLAGS, CFLAGS,
# LDFLAGS and PKG_CONFIG are honoured for daemon and tools; build.mk has more. SYSTEMD= builds without libsystemd,
# POSTGRESQL= without libpq, MICROHTTPD= without libmicrohttpd, LIBNM= without the plugin of NetworkManager.

include install.mk

KDIR	?= /lib/modules/$(or $(KERNELRELEASE),$(shell uname -r))/build
export PREFIX BINDIR SBINDIR LIBEXECDIR DESTDIR

UNITDIR	?= $(PREFIX)/lib/systemd/system
# What journalctl -x explains; `journalctl --update-catalog` reads it.
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
MODPROBEDIR ?= $(PREFIX)/lib/modprobe.d
DOCDIR	?= $(PREFIX)/share/doc/culvert
# Not in include/linux, where a kernel's own headers may one day have a file of that name.
INCLUDEDIR ?= $(PREFIX)/include/culvert
SPECDIR	?= $(PREFIX)/share/culvert/specs
PKGCONFIGDIR ?= $(PREFIX)/share/pkgconfig
# Where dkms looks for sources, whatever PREFIX is.
DKMSDIR	?= /usr/src/culvert-$(CULVERT_VERSION)

USERLAND = \
	$(if $(SYSTEMD),644:packaging/systemd/culvertd.service.in:$(UNITDIR)/culvertd.service \
		644:packaging/systemd/culvert.catalog:$(CATALOGDIR)/culvert.catalog) \
	644:packaging/culvert.pc.in:$(PKGCONFIGDIR)/culvert.pc \
	644:uapi/linux/pptp.h:$(INCLUDEDIR)/linux/pptp.h \
	644:uapi/specs/pptp.yaml:$(SPECDIR)/pptp.yaml \
	$(foreach file,culvert.conf nftables.conf,644:packaging/$(file):$(DOCDIR)/examples/$(file)) \
	$(foreach file,$(filter-out decisions.md packaging.md,$(patsubst docs/%,%,$(wildcard docs/*.sql docs/*.md docs/*.yml docs/*.json docs/pictures/*.png))),644:docs/$(file):$(DOCDIR)/$(file))

# The in-tree module stays away where ours is, whoever put it there.
MODPROBE = 644:packaging/modprobe.d/culvert.conf:$(MODPROBEDIR)/culvert.conf

DKMS	= 644:packaging/dkms.conf.in:$(DKMSDIR)/dkms.conf $(MODPROBE) \
	644:COPYING:$(DKMSDIR)/COPYING 644:VERSION:$(DKMSDIR)/VERSION \
	$(foreach file,$(wildcard uapi/linux/*.h kernel/*),$(if $(filter kernel/features,$(file)),755,644):$(file):$(DKMSDIR)/$(file))

all: daemon tools module

daemon tools:
	@$(MAKE) --no-print-directory -C $@

module: kdir
	@$(MAKE) --no-print-directory -C kernel KDIR=$(KDIR)

kdir:
	@test -e $(KDIR)/Makefile || { \
		echo "No kernel headers in $(KDIR)." >&2; \
		echo "For the running kernel: apt-get install linux-headers-$$(uname -r)" >&2; \
		echo "For another one: make module KDIR=/usr/src/linux-headers-VERSION" >&2; \
		echo "daemon and tools need none: make daemon tools" >&2; \
		exit 1; }

install: install-userland install-module

install-userland: daemon tools
	@$(MAKE) --no-print-directory -C daemon install
	@$(MAKE) --no-print-directory -C tools install
	$(call put_all,$(USERLAND))

install-dkms:
	$(call put_all,$(DKMS))

# The module of KDIR's kernel; what dkms has built goes by `dkms remove`.
uninstall:
	@$(MAKE) --no-print-directory -C daemon uninstall
	@$(MAKE) --no-print-directory -C tools uninstall
	$(call remove_all,$(USERLAND) $(DKMS))
	@$(MAKE) --no-print-directory -C kernel KDIR=$(KDIR) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates uninstall

install-module: module
	$(call put_all,$(MODPROBE))
	@$(MAKE) --no-print-directory -C kernel KDIR=$(KDIR) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates \
		CONFIG_MODULE_SIG_ALL= install

# The parts that have a unit program called T, or both.
programs = $(basename $(wildcard $(1)/*_test.c $(1)/*/*_test.c $(1)/*/*_fuzz.c))
has_unit = $(filter %/$(T) %/$(T)_test %/$(T)_fuzz,$(call programs,$(1)))
parts	= $(strip $(foreach part,daemon tools,$(if $(T),$(if $(call has_unit,$(part)),$(part)),$(part))))

unit:
	$(if $(parts),,$(error no unit test is called '$(T)'))
	@status=0; for part in $(parts); do $(MAKE) --no-print-directory -C $$part unit || status=1; done; exit $$status

lint:
	@selftests/check --as-is lint

check demo matrix:
	@selftests/$@ $(if $(T),$(T))

soak:
	@selftests/check --soak $(if $(T),$(T))

bench:
	@selftests/bench/run
	@selftests/bench/herd $(if $(SESSIONS),--sessions $(SESSIONS))
	@selftests/bench/radius
	@selftests/bench/abuse
	@selftests/bench/profile --parts in-tree-mppe tcp
	@selftests/bench/profile --parts link-session-mppe tcp

# Asked for anew each time: it is quick.
compile_commands.json: FORCE
	@selftests/tools/compile_commands

coverage:
	@selftests/coverage

dist:
	@mkdir -p build
	version=$$(cat VERSION) && git archive --prefix=culvert-$$version/ -o build/culvert-$$version.tar.gz HEAD

packages:
	@packaging/deps/install build packages
	@packaging/packages

clean:
	rm -rf build

.PHONY: all daemon tools module kdir install install-userland install-module install-dkms uninstall unit lint check soak demo matrix bench coverage dist packages clean FORCE
