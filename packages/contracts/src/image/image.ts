/** Images (镜像): ISO images to install from, disk images to clone. */
import { z } from 'zod';
import { faultSchema } from '../errors.ts';
import { nameSchema, pageQueryFields, referenceSchema, searchSchema, timestampSchema } from '../fields.ts';
import { componentIdSchema, imageIdSchema, operationIdSchema } from '../ids.ts';
import { TiB } from '../units.ts';

export const imageKinds = ['iso', 'disk'] as const;
export const imageKindSchema = z.enum(imageKinds);
export type ImageKind = z.infer<typeof imageKindSchema>;

/** The format as our own inspector found it; what an upload claims to be is never believed. */
export const imageFormats = ['raw', 'qcow2', 'iso9660'] as const;
export const imageFormatSchema = z.enum(imageFormats);
export type ImageFormat = z.infer<typeof imageFormatSchema>;

export const imageStates = ['uploading', 'checking', 'ready', 'failed', 'deleting'] as const;
export const imageStateSchema = z.enum(imageStates);
export type ImageState = z.infer<typeof imageStateSchema>;

export const imageTransitions: Record<ImageState, readonly ImageState[]> = {
  uploading: ['checking', 'failed', 'deleting'],
  checking: ['ready', 'failed'],
  ready: ['deleting'],
  failed: ['deleting'],
  deleting: ['ready', 'failed'],
};

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits');
export const maxImageBytes = 4 * TiB;

export const imageSchema = z.object({
  id: imageIdSchema,
  name: z.string(),
  description: z.string(),
  kind: imageKindSchema,
  state: imageStateSchema,
  /** Size of the file. */
  sizeBytes: z.int(),
  /** How much of the file has arrived, while uploading. */
  uploadedBytes: z.int(),
  format: imageFormatSchema.nullable(),
  /** Size of the disk that a guest sees. */
  virtualSizeBytes: z.int().nullable(),
  sha256: sha256Schema.nullable(),
  error: faultSchema.nullable(),
  instanceCount: z.int(),
  /** Who keeps the bytes; null once there are none. */
  storageServer: z.object({ id: componentIdSchema, name: z.string() }).nullable(),
  /** Where to send the bytes (tus 1.0) while uploading: an absolute address, as the client knows the platform. */
  uploadUrl: z.string().nullable(),
  createdAt: timestampSchema,
  operation: operationIdSchema.nullable(),
});
export type Image = z.infer<typeof imageSchema>;

const imageFields = {
  name: nameSchema,
  description: z.string().max(500).default(''),
  kind: imageKindSchema,
  /** Checked against what arrives, when given. */
  sha256: sha256Schema.optional(),
};
export const createImageSchema = z.strictObject({
  ...imageFields,
  sizeBytes: z
    .int('must be a whole number of bytes')
    .min(512, 'must be at least 512')
    .max(maxImageBytes, 'must be at most 4 TiB'),
});
export type CreateImage = z.input<typeof createImageSchema>;

/** `path`: a file on the server that runs the Storage Server; administrators only. */
export const importImageSchema = z.strictObject({
  ...imageFields,
  path: z.string().regex(/^\//, 'must be an absolute path').max(4096),
  /** The file is on this one's machine. Default: the Storage Server with the most room. */
  storageServer: referenceSchema.optional(),
});
export type ImportImage = z.input<typeof importImageSchema>;

export const updateImageSchema = z.strictObject({ name: nameSchema, description: z.string().max(500) }).partial();

/** `storageServer`: id or name of the one that is to keep it from then on. */
export const moveImageSchema = z.strictObject({ storageServer: referenceSchema });

export const listImagesQuerySchema = z.strictObject({
  ...pageQueryFields,
  search: searchSchema.optional(),
  kind: imageKindSchema.optional(),
  state: imageStateSchema.optional(),
});
