/** Debian packages that must be installed to build the guest. What goes into the guest is only unpacked, never installed. */
export const guestBuildPackages = ['e2fsprogs', 'grub-common', 'qemu-utils'] as const;
