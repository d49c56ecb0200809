/** Debian packages that must be installed to build the guest. What goes into the guest is only unpacked, never installed. */
export const guestBuildPackages = ['dosfstools', 'e2fsprogs', 'mtools', 'qemu-utils', 'syslinux'] as const;
