# SPDX-License-Identifier: GPL-2.0-only
#
# The recipe of the `debian` guests: Debian's own kernel images, unpacked and not installed. Sourced by `kernel`, and part
# of the key under which its result is kept.
#
# build_debian gathers from $deb (the unpacked image package) for $abi (its release) and $kdir (its headers) into $dir.

# Modules that tests may want; drivers for hardware that no guest has are left out.
debian_modules=(arch/x86/crypto crypto drivers/char drivers/net/ppp drivers/virtio fs/9p fs/fscache fs/netfs
		fs/overlayfs lib net)
debian_drivers=(drivers/net/*.ko* drivers/net/slip drivers/net/bonding)

# What the initramfs loads, in this order, each after what it needs.
debian_early=(virtio_pci virtio_console virtio_rng 9pnet_virtio 9p overlay)

build_debian() {
	local tree=$deb/lib/modules/$abi part

	[ -e "$tree" ] || tree=$deb/usr/lib/modules/$abi
	rm -rf "$dir"
	mkdir -p "$dir/modules/kernel" || die "cannot write in the cache $cache (set CULVERT_CACHE to another place)"
	cp "$deb/boot/vmlinuz-$abi" "$dir/image" 2>/dev/null || cp "$tree/vmlinuz" "$dir/image" || return 1
	printf '%s\n' "$abi" > "$dir/release"
	ln -s "$kdir" "$dir/kdir"
	(
		cd "$tree/kernel" || exit
		for part in "${debian_modules[@]}" ${debian_drivers[@]}; do
			[ ! -e "$part" ] || cp -r --parents "$part" "$dir/modules/kernel/" || exit
		done
	) || return 1
	cp "$tree"/modules.{order,builtin,builtin.modinfo} "$dir/modules/" || return 1
	# Busybox, which loads the first of them, cannot decompress.
	find "$dir/modules" -name '*.ko.xz' -exec xz -d -T1 {} + || return 1
	build_initramfs
}

build_initramfs() {
	local work=$dir/initramfs.part module path

	mkdir -p "$work"/{bin,proc,dev,sys,modules} "$dir/depmod/lib/modules"
	ln -s "$dir/modules" "$dir/depmod/lib/modules/$abi"
	cp /bin/busybox "$work/bin/" && cp "$top/selftests/lab/guest/init-qemu" "$work/init" || return 1
	depmod -b "$dir/depmod" "$abi" || return 1
	for module in "${debian_early[@]}"; do
		modprobe -d "$dir/depmod" -S "$abi" --show-depends "$module" || return 1
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$work/paths"
	while read -r path; do
		cp "$path" "$work/modules/" || return 1
		basename "$path"
	done < "$work/paths" > "$work/modules/order"
	rm -r "$work/paths" "$dir/depmod"
	(cd "$work" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) > "$dir/initramfs" || return 1
	rm -r "$work"
}
