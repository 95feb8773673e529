# SPDX-License-Identifier: GPL-2.0-only
#
# The recipe of a UML kernel. Sourced by `kernel`, and part of the key under which its result is kept.
#
# build_uml builds from $source (unpacked sources) with $fragments (array of configuration fragments) into $dir.

# progress LOG WHAT: a line every ten seconds while a kernel builds.
progress() {
	local start=$SECONDS
	while sleep 10; do
		say "$2: $(grep -c '^  CC' "$1") files compiled, $((SECONDS - start)) s"
	done
}

# Every symbol that the fragments ask for must have survived Kconfig's dependencies.
check_config() {
	local want=$1 got=$2 line lost=

	while IFS= read -r line; do
		case $line in
		CONFIG_*) grep -qxF -- "$line" "$got" || lost+=" ${line%%=*}" ;;
		"# CONFIG_"*" is not set")
			line=${line#\# }
			! grep -q "^${line%% *}=" "$got" || lost+=" !${line%% *}"
			;;
		esac
	done < "$want"
	[ -z "$lost" ] || die "this kernel source does not grant the configuration:$lost"
}

# widen_fp_state SOURCE: make room for the registers of every processor.
#
# UML keeps the host's extended registers (XSAVE) of each process in 2696 octets, which is what AVX-512 takes. The host
# gives as many as there is room for, but takes back all or nothing (EFAULT), so that on a processor with AMX, which has
# 11008, no guest gets as far as its first process. Linux 6.13 asks the host for the size.
widen_fp_state() {
	local file=$1/arch/x86/um/user-offsets.c

	sed -i 's/HOST_FP_SIZE, 2696)/HOST_FP_SIZE, 12288)/' "$file" && grep -q 'HOST_FP_SIZE, 12288)' "$file" ||
		die "the recipe does not fit the source: no size of floating-point state in $file"
}

uml_make() {
	make -C "$source" ARCH=um O="$dir/kdir" -j"$(nproc)" "$@"
}

build_uml() {
	local log=$dir/build.log ticker status

	rm -rf "$dir"
	mkdir -p "$dir/kdir" || die "cannot write in the cache $cache (set CULVERT_CACHE to another place)"
	cat "${fragments[@]}" > "$dir/fragments"
	uml_make KCONFIG_ALLCONFIG="$dir/fragments" allnoconfig > "$log" 2>&1 ||
		die "configuring the kernel failed, see $log"
	check_config "$dir/fragments" "$dir/kdir/.config"

	say "building the $flavour kernel, some minutes the first time (log: $log)"
	progress "$log" "$flavour" &
	ticker=$!
	uml_make >> "$log" 2>&1 &&
		uml_make INSTALL_MOD_PATH="$dir/staging" modules_install >> "$log" 2>&1
	status=$?
	kill "$ticker" 2>/dev/null
	wait "$ticker" 2>/dev/null
	if [ $status -ne 0 ]; then
		grep -n -m 5 -E 'error|Error|undefined' "$log" >&2
		return 1
	fi

	uml_make -s kernelrelease > "$dir/release"
	mv "$dir/staging/lib/modules/$(cat "$dir/release")" "$dir/modules"
	rm -rf "$dir/staging" "$dir"/modules/{build,source}
	cp "$dir/kdir/linux" "$dir/image"
	# An external module needs headers, scripts and Module.symvers; the objects are many times that.
	find "$dir/kdir" -path "$dir/kdir/scripts" -prune -o \
		\( -name '*.o' -o -name '*.a' -o -name '*.ko' -o -name '*.cmd' -o -name vmlinux -o -name linux \) \
		-type f -exec rm -f {} +
}
