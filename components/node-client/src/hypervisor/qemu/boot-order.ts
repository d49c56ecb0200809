/**
 * Boot order. The firmware starts any disk with a boot sector, whatever its content, so an installation medium behind
 * such a disk is never reached: it must come first, permanently or once.
 */
import type { BootDevice } from '@zhiyun/contracts';
import type { BootSettings } from '@zhiyun/contracts/links';

export const diskDevice = (index: number) => `virtio-disk${index}`;
export const cdromDevice = 'cdrom';

/** Behind all disks, whose indexes begin at 1. */
const cdromLast = 100;
const cdromFirst = 0;

/** `bootindex` of the CD drive at the machine's start. */
export function cdromIndex(boot: BootSettings | undefined): number {
  return indexWhen(boot?.once ?? boot?.first);
}

/** CD index for every reboot after the first start; undefined: unchanged. */
export function cdromIndexAfterwards(boot: BootSettings | undefined): number | undefined {
  const afterwards = indexWhen(boot?.first);
  return afterwards === cdromIndex(boot) ? undefined : afterwards;
}

function indexWhen(first: BootDevice | undefined): number {
  return first === 'cd' ? cdromFirst : cdromLast;
}
