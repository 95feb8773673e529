# SPDX-License-Identifier: GPL-2.0-only
#
# Sources of a Linux newer than this Debian's, for kernels that need what it has not (SMP in User Mode Linux came
# with 7.0). Sourced by `kernel`, after uml.sh.
#
# The version is whatever Debian's later suites hold when the kernel is built. The kernel's key names no version, so a
# suite that moves on rebuilds nothing; deleting the kernel from the cache is how to take a newer one.

# In the order in which they are tried.
newer_suites=(sid trixie-backports)

# newer_apt SUITE TOOL ARG...: apt as this machine has it set up (mirror, proxy, keys), but for SUITE, and with lists,
# cache and state of its own, so that the machine's configuration and lists are neither used nor changed.
newer_apt() {
	local state=$cache/apt/$1 tool=$2

	shift 2
	"$tool" -q -o Dir::State="$state/state" -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false "$@"
}

# The mirror from which this machine has its own release.
newer_mirror() {
	local codename

	codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
	apt-get indextargets 'Created-By: Packages' 'Component: main' "Codename: $codename" \
		--format '$(REPO_URI)' 2>/dev/null | head -n 1
}

newer_set_up() {
	local suite=$1 state=$cache/apt/$1 mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg

	mirror=$(newer_mirror)
	[ -n "$mirror" ] || { say "no mirror of this Debian release is configured in /etc/apt"; return 1; }
	[ -r "$keys" ] || { say "$keys is missing: install debian-archive-keyring"; return 1; }
	mkdir -p "$state"/state/lists/partial "$state"/cache/archives/partial &&
		printf 'deb [signed-by=%s] %s %s main\n' "$keys" "$mirror" "$suite" > "$state/sources.list" &&
		newer_apt "$suite" apt-get update >&2
}

# newer_source SUITE: print the unpacked tree of the newest linux-source that SUITE has.
newer_source() {
	local suite=$1 package version dir

	newer_set_up "$suite" || return 1
	# The metapackage depends on the package of one version.
	package=$(newer_apt "$suite" apt-cache show --no-all-versions linux-source 2>/dev/null |
		sed -n 's/^Depends: .*\(linux-source-[0-9.]*\).*/\1/p')
	[ -n "$package" ] || { say "$suite has no linux-source"; return 1; }
	version=$(newer_apt "$suite" apt-cache show --no-all-versions "$package" | sed -n 's/^Version: //p')
	dir=$cache/source/${package}_$version
	[ -e "$dir/.complete" ] || newer_unpack "$suite" "$package" "$version" "$dir" || return 1
	printf '%s\n' "$dir"
}

newer_unpack() (
	suite=$1 package=$2 version=$3 dir=$4
	say "fetching $package $version of $suite"
	rm -rf "$dir" "$dir.part"
	mkdir -p "$dir.part/.deb" && cd "$dir.part/.deb" &&
		newer_apt "$suite" apt-get download "$package=$version" >&2 && dpkg-deb -x ./*.deb . &&
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
		say "$(basename "$source") of $suite gives no $flavour kernel (log: $dir/build.log)"
	done
	die "no source for the $flavour kernel: its suites (${newer_suites[*]}) are out of reach or do not build" \
	    "everything but measuring on several CPUs works without it"
}
