# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's suites, this machine's and later ones: their package lists, the headers of their kernels, and roots with
# the compilers that those want. Sourced after lib.sh.
#
# Nothing is installed, and the machine's own apt configuration and lists are neither used nor changed but for the
# mirror, proxy and keys. What is fetched is kept in the cache: apt/SUITE (lists), headers/VERSION, roots/SUITE-KEY.
#
# SUITE:arm64 is a suite's packages of that architecture. The machine's dpkg is not told of it.
# shellcheck shell=bash disable=SC2034,SC2154 # variables come from lib.sh, and are for the scripts

# Lists are asked for anew when they are older than this.
suite_max_age=1440

# For the module's make: debugging information takes a quarter of the time and another program (pahole).
no_debug_info=(KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=)

# Prefix of the compilers that Debian has here for the other architecture.
suite_cross=aarch64-linux-gnu

# suite_arch SUITE: print its architecture if that is not this machine's.
suite_arch() {
	case $1 in
	*:*) printf '%s' "${1#*:}" ;;
	esac
}

# suite_apt SUITE TOOL ARG...: apt as this machine has it set up, but for SUITE, with state of its own.
suite_apt() {
	local state=$cache/apt/$1 tool=$2 arch

	arch=$(suite_arch "$1")

	shift 2
	"$tool" -q -o Dir::State="$state/state" -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false -o Acquire::Languages=none \
		-o Debug::NoLocking=true ${arch:+-o APT::Architecture="$arch" -o APT::Architectures="$arch"} "$@"
}

host_suite() {
	(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
}

# The mirror from which this machine has its own release, or the security updates of it.
suite_mirror() {
	local codename

	codename=$(host_suite)
	case ${1%:*} in
	*-security) codename+=-security ;;
	esac
	apt-get indextargets 'Created-By: Packages' 'Component: main' "Codename: $codename" \
		--format '$(REPO_URI)' 2>/dev/null | head -n 1
}

# suite_lists SUITE[+SUITE]: have its package lists; if they cannot be had now, those of an earlier day.
suite_lists() {
	with_lock "suite-$1" suite_lists_locked "$1"
}

suite_lists_locked() {
	local suite=$1 state=$cache/apt/$1 part mirror sources='' keys=/usr/share/keyrings/debian-archive-keyring.gpg

	[ -z "$(find "$state/updated" -mmin "-$suite_max_age" 2>/dev/null)" ] || return 0
	for part in ${suite//+/ }; do
		mirror=$(suite_mirror "$part")
		[ -n "$mirror" ] || { say "/etc/apt names no mirror that could have $part"; return 1; }
		sources+="deb [signed-by=$keys] $mirror ${part%:*} main"$'\n'
	done
	[ -r "$keys" ] || { say "$keys is missing: install debian-archive-keyring"; return 1; }
	mkdir -p "$state"/state/lists/partial "$state"/cache/archives/partial &&
		printf '%s' "$sources" > "$state/sources.list" || return 1
	if suite_apt "$suite" apt-get update --error-on=any >&2; then
		touch "$state/updated"
	elif [ -e "$state/updated" ]; then
		say "$suite is out of reach: what is known of it is of $(date -r "$state/updated" '+%-d %B')"
	else
		say "$suite is out of reach"
		return 1
	fi
}

# suite_download SUITE DIRECTORY PACKAGE...: the newest version of each. Lists that name what is gone are renewed.
suite_download() (
	suite=$1 dir=$2
	shift 2
	mkdir -p "$dir" && cd "$dir" || exit
	say "fetching of $suite: $*"
	suite_apt "$suite" apt-get download "$@" >&2 && exit
	rm -f -- *.deb "$cache/apt/$suite/updated"
	suite_lists "$suite" && suite_apt "$suite" apt-get download "$@" >&2
)

# suite_field SUITE PACKAGE FIELD
suite_field() {
	suite_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n "s/^$3: //p"
}

# suite_depends SUITE PACKAGE PATTERN: the packages it depends on, first alternatives, whose names match.
suite_depends() {
	suite_field "$1" "$2" Depends | tr ',' '\n' | sed 's/^ *//; s/[ |(:].*//' | grep -E -- "$3"
}

# suite_kernels SUITE: print the releases of the kernels for which it has headers, oldest first.
suite_kernels() {
	local arch

	suite_lists "$1" || return
	arch=$(suite_arch "$1")
	suite_apt "$1" apt-cache search --names-only "^linux-headers-[0-9].*-${arch:-amd64}(-[0-9]+k)?\$" |
		sed -n '/meta-package/d; s/^linux-headers-\([^ ]*\) .*/\1/p' | sort -V
}

# suite_headers SUITE RELEASE: print the directory against which modules for that kernel are built.
suite_headers() {
	local version dir

	suite_lists "$1" || return
	version=$(suite_field "$1" "linux-headers-$2" Version)
	[ -n "$version" ] || { say "$1 has no linux-headers-$2 (any more)"; return 1; }
	# All flavours of a version share most of it.
	dir=$cache/headers/$version
	with_lock "headers-$version" suite_headers_locked "$1" "$2" "$dir" || return
	touch "$dir"
	suite_prune headers "$dir"
	printf '%s\n' "$dir/usr/src/linux-headers-$2"
}

suite_headers_locked() {
	local suite=$1 headers=linux-headers-$2 dir=$3

	# shellcheck disable=SC2046 # names of packages
	suite_unpack_headers "$suite" "$dir" "$headers" $(suite_depends "$suite" "$headers" '^linux-headers-') &&
		# The programs of kbuild are to run here.
		suite_unpack_headers "${suite%:*}" "$dir" $(suite_depends "$suite" "$headers" '^linux-kbuild-')
}

# suite_unpack_headers SUITE DIRECTORY PACKAGE...: those that are not there yet.
suite_unpack_headers() {
	local suite=$1 dir=$2 package missing=()

	shift 2
	for package; do
		[ -e "$dir/.complete/$package" ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	rm -rf "$dir/.deb"
	suite_lists "$suite" && suite_download "$suite" "$dir/.deb" "${missing[@]}" && unpack "$dir" "$dir"/.deb/*.deb || return
	# They name each other by the place where they would be installed.
	sed -i "s|\([ =]\)/usr/src/|\1$dir/usr/src/|" "$dir"/usr/src/linux-headers-*/Makefile
	rm -r "$dir/.deb"
	mkdir -p "$dir/.complete"
	for package in "${missing[@]}"; do
		touch "$dir/.complete/$package"
	done
}

# unpack DIRECTORY DEB...
unpack() {
	local dir=$1 deb

	shift
	for deb in "$@"; do
		dpkg-deb -x "$deb" "$dir" || { say "could not unpack $(basename "$deb"): is the disk full?"; return 1; }
	done
}

# suite_root SUITE RELEASE: print the root in which that kernel's headers can be used, nothing if that is this machine's.
# The compiler and the programs of kbuild want libraries of their own release.
suite_root() {
	local base=${1%:*} cross='' packages known

	base=${base%%-*}
	[ "$base" != "$(host_suite)" ] || return 0
	[ -z "$(suite_arch "$1")" ] || cross=-$suite_cross
	suite_lists "$1" && suite_lists "$base" || return
	packages=$({
		# Both of them stand for gcc-N that runs here.
		suite_depends "$1" "linux-headers-$2" '^(linux-compiler-)?gcc-' |
			sed "s/^linux-compiler-\(gcc-[0-9]*\).*/\1/; s/-for-host\$//; s/\$/$cross/"
		for kbuild in $(suite_depends "$1" "linux-headers-$2" '^linux-kbuild-'); do
			suite_depends "${1%:*}" "$kbuild" '^[^l]|^lib'
		done
	} | sort -u | tr '\n' ' ')
	known=$cache/apt/$base/root-$(printf '%s' "$packages" | tr -c 'a-zA-Z0-9.+-' _)
	# shellcheck disable=SC2086 # several packages
	suite_root_known "$base" "$known" "${suite_root_packages[@]}" $packages
}

# suite_sysroot SUITE PACKAGE...: print a folder with those packages and what they depend on, for programs to be linked
# with them. SUITE has an architecture, of which nothing runs here.
suite_sysroot() {
	local suite=$1

	shift
	suite_lists "$suite" &&
		suite_root_known "$suite" "$cache/apt/$suite/root-$(printf '%s ' "$@" | sha256sum | cut -c 1-12)" base-files "$@"
}

# suite_root_known SUITE KNOWN PACKAGE...: print the root that has them. KNOWN is the file that has its path.
suite_root_known() {
	local dir

	with_lock "root-$1" suite_root_locked "$@" || return
	dir=$(cat "$2")
	touch "$dir"
	suite_prune roots "$dir"
	printf '%s\n' "$dir"
}

# What building needs beside the compiler. Scripts of packages do not run: what they would link is in suite_unpack_root.
suite_root_packages=(base-files bash coreutils dash diffutils findutils grep make mawk sed)

suite_root_locked() {
	local suite=$1 known=$2 get dir

	shift 2
	[ "$known" -nt "$cache/apt/$suite/updated" ] && [ -e "$(cat "$known")/.complete" ] && return
	get=(apt-get -y --no-install-recommends -o Dir::Cache::archives="$cache/apt/$suite/root" install "$@")
	rm -rf "$cache/apt/$suite/root"
	mkdir -p "$cache/apt/$suite/root/partial"
	dir=$cache/roots/${suite/:/-}-$(suite_apt "$suite" "${get[@]}" --print-uris | awk '/^\047/ { print $2 }' | sort |
		sha256sum | cut -c 1-12)
	if [ ! -e "$dir/.complete" ]; then
		say "fetching $* of $suite and what they depend on"
		suite_apt "$suite" "${get[@]}" --download-only >&2 && suite_unpack_root "$suite" "$dir" ||
			{ say "no root of $suite can be made"; return 1; }
	fi
	printf '%s\n' "$dir" > "$known"
}

suite_unpack_root() {
	local archives=$cache/apt/$1/root dir=$2

	rm -rf "$dir"
	mkdir -p "$dir" && unpack "$dir" "$archives"/base-files_*.deb "$archives"/*.deb || return
	rm -rf "$archives"
	if [ -n "$(suite_arch "$1")" ]; then
		# The linker would follow them out of the root.
		find "$dir" -type l -lname '/*' -printf '%l\n%p\n' | while read -r target && read -r link; do
			ln -sfnr "$dir$target" "$link" || return
		done || return
		touch "$dir/.complete"
		return
	fi
	ln -s mawk "$dir/usr/bin/awk"
	[ -e "$dir/usr/bin/sh" ] || ln -s dash "$dir/usr/bin/sh"
	mkdir -p "$dir/dev" "$dir/proc" "$dir/tmp"
	in_root "$dir" /bin/sh -c 'awk "BEGIN { exit }" && make --version > /dev/null' || return
	touch "$dir/.complete"
}

# in_root ROOT COMMAND...: run the command in a root, with the checkout and the cache in their own places. Without ROOT,
# just run it.
in_root() {
	local root=$1 map=()

	shift
	[ -n "$root" ] || { "$@"; return; }
	[ "$(id -u)" -eq 0 ] || map=(--map-root-user)
	mkdir -p "$root$top" "$root$cache"
	unshare --mount "${map[@]}" sh -c '
		root=$1 top=$2 cache=$3
		shift 3
		mount --bind "$top" "$root$top" && mount --bind "$cache" "$root$cache" &&
		mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" &&
		exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"' \
		in_root "$root" "$top" "$cache" "$@"
}

# suite_prune WHAT IN_USE: what nobody has asked for in two weeks goes.
suite_prune() {
	find "$cache/$1" -mindepth 1 -maxdepth 1 -mtime +14 ! -path "$2" -exec rm -rf {} +
}
