/** What a Storage Server does: keeps images. */
import { z } from 'zod';
import { componentIdSchema, imageIdSchema } from '../ids.ts';
import { imageFormatSchema, imageKindSchema, sha256Schema } from '../image/image.ts';
import { linkEndpointSchema } from './data-server.ts';
import { call, type LinkTable, pipe, work } from './link-contract.ts';

const nothing = z.object({});
export const checkedImageSchema = z.object({
  format: imageFormatSchema,
  sizeBytes: z.int(),
  virtualSizeBytes: z.int(),
  sha256: sha256Schema,
});
export type CheckedImage = z.infer<typeof checkedImageSchema>;

/** tus requests (HEAD, PATCH) travel as plain HTTP over the link at `/uploads/<imageId>`; see packages/link `request`. */
export const storageServerLink = {
  server: 'storage-server',
  methods: {
    /** Opens an empty upload of exactly `sizeBytes`. Again: same. */
    openUpload: call(['control-server'], z.object({ imageId: imageIdSchema, sizeBytes: z.int() }), nothing),
    uploadOffset: call(['control-server'], z.object({ imageId: imageIdSchema }), z.object({ offsetBytes: z.int() })),
    /** Hashes, inspects and, when it is what `kind` says, takes the finished upload in as an image. Again: same answer. */
    checkUpload: work(
      ['control-server'],
      z.object({ imageId: imageIdSchema, kind: imageKindSchema, sha256: sha256Schema.optional() }),
      'image',
      checkedImageSchema,
    ),
    /** The same for a file on the Storage Server's own machine, which is copied. */
    importFile: work(
      ['control-server'],
      z.object({ imageId: imageIdSchema, kind: imageKindSchema, sha256: sha256Schema.optional(), path: z.string() }),
      'image',
      checkedImageSchema,
    ),
    /** Upload or image; unknown: done already. */
    removeImage: call(['control-server'], z.object({ imageId: imageIdSchema }), nothing),
    /** What it holds, and how much more its disk can take. */
    listImages: call(
      ['control-server'],
      nothing,
      z.object({ images: z.array(imageIdSchema), uploads: z.array(imageIdSchema), freeBytes: z.int() }),
    ),
    /** The file's bytes from `offsetBytes` on. */
    readImage: pipe(
      ['node-client', 'control-server'],
      z.object({ imageId: imageIdSchema, offsetBytes: z.int().min(0) }),
    ),
    /**
     * The same without its holes, in the pieces of `sparseStream` (packages/service). A Storage Server before this method answers
     * `not-found`: then `readImage` is asked.
     */
    readImageData: pipe(['node-client'], z.object({ imageId: imageIdSchema, offsetBytes: z.int().min(0) })),
    /**
     * Where the file lies, for a node of the same machine, which then needs no copy. Device and inode tell whether what it finds
     * under that name is the same file.
     */
    imageFile: call(
      ['node-client'],
      z.object({ imageId: imageIdSchema }),
      z.object({ path: z.string(), device: z.string(), inode: z.string() }),
    ),
    /** A ticket for one Storage Server to read one image, once and soon. See decision 0024. */
    offerImage: call(
      ['control-server'],
      z.object({ imageId: imageIdSchema, reader: componentIdSchema }),
      z.object({ ticket: z.string() }),
    ),
    /** The bytes of an offered image without its holes, as `readImageData`. `ticket-invalid` for anybody else, and the second time. */
    readOffered: pipe(['storage-server'], z.object({ ticket: z.string() })),
    /**
     * Takes in an image that another Storage Server offers, from there directly. Again: as done. `storage-unreachable`: that one cannot be
     * reached from here; its bytes may still pass through the Control Server (`receiveImage`).
     */
    fetchImage: work(
      ['control-server'],
      z.object({
        image: checkedImageSchema.extend({ id: imageIdSchema }),
        from: z.object({ id: componentIdSchema, name: z.string(), endpoint: linkEndpointSchema }),
        ticket: z.string(),
      }),
      'image',
      checkedImageSchema,
    ),
    /** Takes in an image that another Storage Server has: its bytes are sent, then answered by how it went. Again: as done. */
    receiveImage: pipe(['control-server'], z.object({ image: checkedImageSchema.extend({ id: imageIdSchema }) })),
  },
} as const satisfies LinkTable;
