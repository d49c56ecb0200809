/** The drivers of this node, by name. */
import { say } from '@zhiyun/contracts';
import type { DiskConfig } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import type { VolumeDriver } from './volume-driver.ts';

/** Throws `invalid-request` for a disk of a driver that is not there. */
export type DriverOf = (disk: DiskConfig) => VolumeDriver;

export function volumeDrivers(drivers: readonly VolumeDriver[]): DriverOf {
  const byName = new Map(drivers.map((driver) => [driver.name, driver]));
  return ({ volume: { driver: name } }) => {
    const driver = byName.get(name);
    if (driver) return driver;
    throw new PlatformError(
      'invalid-request',
      say('node.no-volume-driver', { name, known: [...byName.keys()].join(', ') }),
    );
  };
}
