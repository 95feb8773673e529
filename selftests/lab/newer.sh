# SPDX-License-Identifier: GPL-2.0-only
#
# Sources of a Linux newer than this Debian's, for kernels that need what it has not (SMP in User Mode Linux came
# with 7.0). Sourced by `kernel`, after uml.sh and suites.sh.
#
# The version is whatever Debian's later suites hold when the kernel is built. The kernel's key names no version, so a
# suite that moves on rebuilds nothing; deleting the kernel from the cache is how to take a newer one.
# shellcheck shell=bash disable=SC2154 # variables come from the script

# In the order in which they are tried.
newer_suites=(sid trixie-backports)

# newer_source SUITE: print the unpacked tree of the newest linux-source that SUITE has.
newer_source() {
	local suite=$1 package version dir

	suite_lists "$suite" || return 1
	# The metapackage depends on the package of one version.
	package=$(suite_apt "$suite" apt-cache show --no-all-versions linux-source 2>/dev/null |
		sed -n 's/^Depends: .*\(linux-source-[0-9.]*\).*/\1/p')
	[ -n "$package" ] || { say "$suite has no linux-source"; return 1; }
	version=$(suite_apt "$suite" apt-cache show --no-all-versions "$package" | sed -n 's/^Version: //p')
	dir=$cache/source/${package}_$version
	[ -e "$dir/.complete" ] || newer_unpack "$suite" "$package" "$version" "$dir" || return 1
	printf '%s\n' "$dir"
}

newer_unpack() (
	# shellcheck disable=SC2030
	suite=$1 package=$2 version=$3 dir=$4
	say "fetching $package $version of $suite"
	rm -rf "$dir" "$dir.part"
	mkdir -p "$dir.part/.deb" && cd "$dir.part/.deb" &&
		suite_apt "$suite" apt-get download "$package=$version" >&2 && dpkg-deb -x ./*.deb . &&
		tar -C "$dir.part" --strip-components=1 -xf "usr/src/$package.tar.xz" && rm -rf "$dir.part/.deb" &&
		mv "$dir.part" "$dir" && touch "$dir/.complete" ||
		{ say "could not fetch or unpack $package $version"; return 1; }
)

# newer_known FRAGMENT: print those lines of a fragment whose symbols $source has.
newer_known() {
	find "$source" -name 'Kconfig*' -exec sed -n 's/^[[:space:]]*\(menu\)\{0,1\}config /CONFIG_/p' {} + |
		sort -u | awk 'NR == FNR { known[$1]; next }
			match($0, /CONFIG_[A-Z0-9_]+/) && !(substr($0, RSTART, RLENGTH) in known) { next }
			{ print }' - "$1"
}

# newer_build: a UML kernel of the first suite that gives a source that builds.
newer_build() {
	local suite common=$cache/apt/common.config

	for suite in "${newer_suites[@]}"; do
		source=$(newer_source "$suite") || continue
		newer_known "${fragments[0]}" > "$common"
		if (fragments[0]=$common && build_uml); then
			return
		fi
		# shellcheck disable=SC2031 # $dir is the kernel's, from the script; newer_unpack has one of its own
		say "$(basename "$source") of $suite gives no $flavour kernel (log: $dir/build.log)"
	done
	die "no source for the $flavour kernel: its suites (${newer_suites[*]}) are out of reach or do not build" \
	    "everything but measuring on several CPUs works without it"
}
