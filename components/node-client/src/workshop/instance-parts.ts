/** The parts of every instance, in the order in which they are set up: what a part needs comes before it. */
import type { Logger } from '@zhiyun/kernel';
import type { ImageCache } from '../image/image-cache.ts';
import type { NetworkMode } from '../network/network-mode.ts';
import type { ModeOf } from '../network/network-modes.ts';
import type { FileOwner, InstanceDisks } from '../volume/instance-disks.ts';
import { diskPart } from './disk-part.ts';
import type { GuestUsers } from './guest-users.ts';
import { imagePart } from './image-part.ts';
import { networkPart } from './network-part.ts';
import { type Part, sideBySide } from './part.ts';
import { placePart } from './place-part.ts';
import { userPart } from './user-part.ts';

export interface InstancePartsOptions {
  images: ImageCache;
  users: GuestUsers;
  /** Whose the disks and the taps of an instance are that has no user of its own. */
  user: FileOwner;
  disks: InstanceDisks;
  modes: readonly NetworkMode[];
  modeOf: ModeOf;
  log: Logger;
}

export function instanceParts({ images, users, user, disks, modes, modeOf, log }: InstancePartsOptions): Part[] {
  return [
    imagePart(images),
    userPart(users),
    placePart(modeOf),
    // Neither needs the other, and each takes its time.
    sideBySide(diskPart({ disks, user, log }), networkPart(modes, modeOf, log)),
  ];
}
