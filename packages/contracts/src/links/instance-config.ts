/**
 * All a node must know to run an instance, as it crosses the link, and as it is kept in ledgers and journals. The node adds what
 * it alone decides: paths, taps, and an address where none is given.
 */
import { z } from 'zod';
import { diskIdSchema, imageIdSchema, instanceIdSchema } from '../ids.ts';
import { imageFormatSchema, sha256Schema } from '../image/image.ts';
import { bootDeviceSchema, instanceBootSchema } from '../instance/boot.ts';

/** An image as a node needs to know it to fetch, check and open it. */
export const nodeImageSchema = z.object({
  id: imageIdSchema,
  format: imageFormatSchema,
  /** Of the file. */
  sizeBytes: z.int(),
  virtualSizeBytes: z.int(),
  sha256: sha256Schema,
});
export type NodeImage = z.infer<typeof nodeImageSchema>;

/** How a machine starts. Left out by older Control Servers: disks first, no menu. */
export const bootSettingsSchema = instanceBootSchema.extend({
  /** Only at this start; when the guest restarts itself, `first` counts. */
  once: bootDeviceSchema.optional(),
});
export type BootSettings = z.infer<typeof bootSettingsSchema>;

/** Where the bytes of a disk are: which driver keeps them, and under what name of its own. */
export const volumeSchema = z.object({ driver: z.string(), locator: z.string() });
export type Volume = z.infer<typeof volumeSchema>;

/** A node that cannot enforce one of them refuses the instance: a limit is never silently dropped. */
const limitsSchema = z.record(z.string(), z.number());

const diskConfigSchema = z.object({
  id: diskIdSchema,
  sizeBytes: z.int(),
  image: nodeImageSchema.nullable(),
  volume: volumeSchema,
  limits: limitsSchema.optional(),
});
export type DiskConfig = z.infer<typeof diskConfigSchema>;

const nicConfigSchema = z.object({
  /** Which network mode connects it. */
  mode: z.string(),
  macAddress: z.string(),
  /** Given by the Control Server. Null: the node takes a free one and reports it. */
  address: z.ipv4().nullable(),
  limits: limitsSchema.optional(),
});
export type NicConfig = z.infer<typeof nicConfigSchema>;

const shared = {
  id: instanceIdSchema,
  name: z.string(),
  cores: z.int(),
  memoryBytes: z.int(),
  iso: nodeImageSchema.nullable(),
  boot: bootSettingsSchema.optional(),
};

export const instanceConfigSchema = z.object({
  ...shared,
  /** In boot order. */
  disks: z.array(diskConfigSchema),
  nics: z.array(nicConfigSchema),
});
export type InstanceConfig = z.infer<typeof instanceConfigSchema>;

/** Up to protocol 2: one NIC, disks that could only lie in the instance's own directory. */
const firstInstanceConfigSchema = z.object({
  ...shared,
  macAddress: z.string(),
  disks: z.array(diskConfigSchema.omit({ volume: true, limits: true })),
});
export type FirstInstanceConfig = z.infer<typeof firstInstanceConfigSchema>;

/** The storage mode and the network mode that compute pools have had from the first release on. */
export const localDriver = 'local';
export const privateMode = 'private';

/** A disk in the instance's own directory on its node. */
export function localVolume(diskId: string): Volume {
  return { driver: localDriver, locator: diskId };
}

export function upgradeInstanceConfig({ macAddress, disks, ...rest }: FirstInstanceConfig): InstanceConfig {
  return {
    ...rest,
    disks: disks.map((disk) => ({ ...disk, volume: localVolume(disk.id) })),
    nics: [{ mode: privateMode, macAddress, address: null }],
  };
}

/** For a node of protocol 2. Undefined: it would get something else than what is wanted. */
export function downgradeInstanceConfig({ nics, disks, ...rest }: InstanceConfig): FirstInstanceConfig | undefined {
  const [nic, ...more] = nics;
  const isOld =
    more.length === 0 &&
    nic?.mode === privateMode &&
    nic.limits === undefined &&
    disks.every(
      ({ id, volume: { driver, locator }, limits }) => driver === localDriver && locator === id && limits === undefined,
    );
  if (!isOld) return undefined;
  return { ...rest, macAddress: nic.macAddress, disks: disks.map(({ volume: _, limits: _limits, ...disk }) => disk) };
}

/** As it is heard: also from a Control Server of protocol 2. What it says is brought up to date. */
export const heardInstanceConfigSchema = z.union([
  instanceConfigSchema,
  firstInstanceConfigSchema.transform(upgradeInstanceConfig),
]);
