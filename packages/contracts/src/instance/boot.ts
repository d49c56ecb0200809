/** What a machine starts from. Its disks come in their order, the CD drive before or behind them. */
import { z } from 'zod';

export const bootDevices = ['disk', 'cd'] as const;
export const bootDeviceSchema = z.enum(bootDevices);
export type BootDevice = z.infer<typeof bootDeviceSchema>;

export const instanceBootSchema = z.object({
  first: bootDeviceSchema,
  /** At each start the firmware waits a few seconds for a key that opens its boot menu. */
  menu: z.boolean(),
});
export type InstanceBoot = z.infer<typeof instanceBootSchema>;
export const defaultBoot: InstanceBoot = { first: 'disk', menu: false };

/** What is left out stays as it is; of a new instance it is `defaultBoot`. */
export const changeBootSchema = z.strictObject(instanceBootSchema.shape).partial();
