/** Guests of a few bytes for the hypervisor tests, and the media they boot from. */
import { bootable } from '@zhiyun/node-client/hypervisor/testing';

/**
 * Says R (ready) on the first serial port, then gives back whatever is typed. The power button and ^D switch it off; ^F
 * makes it flood the port for good; ^W makes it write to its disk and say W. Assembled from hypervisor-guests.S.
 */
const echoGuest = Buffer.from(
  'fa31c08ed88ec08ed0bc007cba0206b80001efb052baf803eeba0006eda900017530bafd03eca80174efbaf803ec3c0474203c0674163c1775dbb801' +
    '03b91400ba8000bb007ccd13b057ebc9baf803eeebfaba0406b80020efebbe',
  'hex',
);
export const typed = { switchOff: '\x04', flood: '\x06', writeToDisk: '\x17' };

/** `says`: another letter than R, to tell which of several media was started. */
function guestSaying(says: string): Buffer {
  const guest = Buffer.from(echoGuest);
  guest.write(says, greetingAt, 'latin1');
  return guest;
}
/** Of the letter in `mov $'R', %al`. */
const greetingAt = 20;

export function echoDisk(says = 'R'): Buffer {
  return bootable(guestSaying(says));
}
/** Says that it can be started, and has nothing in it that does. */
export function deadDisk(): Buffer {
  return bootable(Buffer.from('ebfe', 'hex'));
}

const sectorBytes = 2048;

/** The same guest on a CD: as little of ISO 9660 as El Torito booting without emulation asks for. */
export function echoIso(says = 'R'): Buffer {
  const [descriptorSector, catalogSector, imageSector] = [17, 18, 19];
  const iso = Buffer.alloc(sectorBytes * 64);
  const descriptor = iso.subarray(descriptorSector * sectorBytes);
  descriptor.write('\x00CD001\x01EL TORITO SPECIFICATION', 'latin1');
  descriptor.writeUInt32LE(catalogSector, 0x47);

  const catalog = iso.subarray(catalogSector * sectorBytes);
  // Validation entry: header, key, and the checksum that makes all its words add up to zero.
  catalog[0] = 1;
  catalog.writeUInt16LE(0xaa55, 30);
  catalog.writeUInt16LE(0x10000 - 0xaa55 - 1, 28);
  // Initial entry: bootable, no emulation, 4 sectors of 512 bytes.
  catalog[32] = 0x88;
  catalog.writeUInt16LE(4, 38);
  catalog.writeUInt32LE(imageSector, 40);

  guestSaying(says).copy(iso, imageSector * sectorBytes);
  return iso;
}
