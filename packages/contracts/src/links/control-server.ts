/** What a Control Server answers to other components. REST itself travels as plain HTTP over the link at `/api/v1/…`. */
import { z } from 'zod';
import { componentIdSchema, imageIdSchema, instanceIdSchema, userIdSchema } from '../ids.ts';
import { call, type LinkTable } from './link-contract.ts';

export const consoleKindSchema = z.enum(['display', 'serial']);
export type ConsoleKind = z.infer<typeof consoleKindSchema>;

export const controlServerLink = {
  server: 'control-server',
  methods: {
    /** Uses the ticket up; `ticket-invalid` when unknown, used or expired. */
    redeemTicket: call(
      ['http-gateway'],
      z.object({ ticket: z.string(), kind: consoleKindSchema }),
      z.object({
        instanceId: instanceIdSchema,
        nodeId: componentIdSchema,
        userId: userIdSchema,
        /** What the console belongs to; absent from a Control Server that does not know it yet. */
        sessionId: z.string().optional(),
      }),
    ),
    /** Of consoles that are open: the sessions among them that have ended or may not have a console any more. */
    endedConsoles: call(
      ['http-gateway'],
      z.object({ sessionIds: z.array(z.string()).max(10_000) }),
      z.object({ ended: z.array(z.string()) }),
    ),
    /** May the bearer make this request? Asked before a large body is read. Errors as REST's. */
    admitRequest: call(
      ['http-gateway'],
      z.object({
        method: z.string(),
        path: z.string(),
        authorization: z.string().optional(),
        cookie: z.string().optional(),
      }),
      z.object({}),
    ),
    /** Can it serve requests: has it its database? Throws `database-unavailable`. */
    ready: call(['http-gateway'], z.object({}), z.object({})),
    /** May the bearer send bytes to this upload, and which Storage Server has it? Errors as REST's. */
    authorizeUpload: call(
      ['http-gateway'],
      z.object({ authorization: z.string().optional(), cookie: z.string().optional(), imageId: imageIdSchema }),
      z.object({ storageServerId: componentIdSchema }),
    ),
    /** The last byte has arrived: start checking. */
    uploadFinished: call(['storage-server'], z.object({ imageId: imageIdSchema }), z.object({})),
  },
} as const satisfies LinkTable;
