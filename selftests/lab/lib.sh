# SPDX-License-Identifier: GPL-2.0-only
#
# What the lab's scripts share. Sourced by bash; sets `top` (the checkout) and `cache` (kernels, outside
# the checkout so that every checkout of this user shares them).
# shellcheck shell=bash disable=SC2034 # variables are for the scripts

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${CULVERT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/culvert}

say() {
	printf 'lab: %s\n' "$*" >&2
}

die() {
	printf 'lab: %s\n' "$@" >&2
	exit 1
}

# with_lock NAME COMMAND...: run COMMAND while no other process of this user holds NAME.
with_lock() {
	local name=$1 fd status=0

	shift
	mkdir -p "$cache/locks" || die "cannot write in the cache $cache (set CULVERT_CACHE to another place)"
	exec {fd}>"$cache/locks/$name"
	if ! flock -w 3 "$fd"; then
		say "waiting for another run that holds '$name'"
		flock "$fd"
	fi
	"$@" || status=$?
	exec {fd}>&-
	return $status
}

# fetch_deb PACKAGE: print the directory into which the candidate version of a Debian package is unpacked,
# downloading it first if needed. For what must be at hand but not installed (a kernel image, a server).
fetch_deb() {
	with_lock "deb-$1" fetch_deb_locked "$1"
}

fetch_deb_locked() {
	local package=$1 version dir

	version=$(apt-cache policy "$package" 2>/dev/null | awk '$1 == "Candidate:" { print $2 }')
	if [ -z "$version" ] || [ "$version" = "(none)" ]; then
		# Offline or without lists: the newest that was fetched earlier will do.
		# shellcheck disable=SC2012 # the newest one; the names are ours
		dir=$(ls -dt "$cache/debs/$package"_*/ 2>/dev/null | head -n 1)
		[ -n "$dir" ] || die "Debian package $package is unknown here: run 'apt-get update' as root"
		printf '%s\n' "${dir%/}"
		return
	fi
	dir=$cache/debs/${package}_${version//:/%3a}
	if [ ! -e "$dir/.complete" ]; then
		say "fetching Debian package $package $version"
		rm -rf "$dir"
		mkdir -p "$dir/.deb"
		(cd "$dir/.deb" && apt-get -q -o APT::Sandbox::User=root download "$package=$version" >&2) ||
			die "could not download $package $version: check the network, run 'apt-get update' as root"
		dpkg-deb -x "$dir"/.deb/*.deb "$dir" || die "could not unpack $package $version"
		rm -rf "$dir/.deb"
		touch "$dir/.complete"
	fi
	printf '%s\n' "$dir"
}
