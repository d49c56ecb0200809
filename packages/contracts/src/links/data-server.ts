/** Joining a domain and hearing of one's associates (自动连接). */
import { z } from 'zod';
import { componentStateSchema } from '../component/component.ts';
import { timestampSchema } from '../fields.ts';
import { componentIdSchema, domainIdSchema, joinTokenIdSchema } from '../ids.ts';
import { createdJoinTokenSchema, createJoinTokenSchema, joinTokenSchema } from '../join-token/join-token.ts';
import { componentTypeSchema, componentTypes } from './component.ts';
import { call, type LinkTable, stream } from './link-contract.ts';

/** Where a component's link listener can be reached. */
export const linkAddressSchema = z.object({ host: z.string(), port: z.int().min(1).max(65535) });
export type LinkAddress = z.infer<typeof linkAddressSchema>;

/** Where a Data Server listens when that port is free: so that HOST is enough to name one. */
export const dataServerPort = 8444;

/**
 * Where a listener can be reached: one port, on every address of its machine, best first. Components on the same machine
 * (`machine` is equal) meet on loopback, whatever happens to the network.
 */
export const linkEndpointSchema = z.object({
  hosts: z.array(z.string().min(1).max(253)).min(1).max(16),
  port: z.int().min(1).max(65535),
  /** Names one network namespace of one running kernel; not kept over a reboot. */
  machine: z.string().min(1).max(100),
});
export type LinkEndpoint = z.infer<typeof linkEndpointSchema>;

export const componentRecordSchema = z.object({
  id: componentIdSchema,
  type: componentTypeSchema,
  name: z.string(),
  endpoint: linkEndpointSchema,
  state: componentStateSchema,
});
export type ComponentRecord = z.infer<typeof componentRecordSchema>;

/** The first item is `whole`; later ones hold only what has changed since. */
export const associatesSchema = z.object({
  whole: z.boolean(),
  associates: z.array(componentRecordSchema),
  /** Removed from the domain: no longer associates, and to be cut off although their certificates are still good. */
  removed: z.array(componentIdSchema),
});
export type Associates = z.infer<typeof associatesSchema>;

/** What a member sees of one of its peers. */
export const seenLinkSchema = z.object({
  peer: componentIdSchema,
  state: z.enum(['connecting', 'online', 'suspect', 'gone']),
  since: timestampSchema,
});
export type SeenLink = z.infer<typeof seenLinkSchema>;

/** The body of `POST /join`, the only thing a Data Server answers without a client certificate. */
export const joinRequestSchema = z.object({
  /** The oldest that it speaks: all that the first release looks at. The range is in a header. */
  protocolVersion: z.int(),
  /** The token's secret. Empty: I am known already and my key proves it (my certificate has expired). */
  secret: z.string().max(200),
  id: componentIdSchema,
  type: componentTypeSchema,
  /** Of the joiner's clock, epoch ms: a clock that is wrong is told so, before certificates seem to be. */
  now: z.int(),
  /** PKCS#10, PEM. */
  certificateRequest: z.string(),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;
export const joinAnswerSchema = z.object({
  domain: z.object({ id: domainIdSchema, name: z.string() }),
  /** PEM. */
  certificate: z.string(),
  caCertificate: z.string(),
});
export type JoinAnswer = z.infer<typeof joinAnswerSchema>;

const all = componentTypes;
export const dataServerLink = {
  server: 'data-server',
  methods: {
    /**
     * Says where I am and stays open as long as I live, telling my associates (all components, for a Data Server). Its end
     * without a goodbye makes me suspect after 3 s and gone after 5 s. A new registration of the same `life` takes the
     * place of the former at once (an address has changed); of another life only when that one is not heard any more,
     * else `identity-in-use`. `component-removed` when I was taken out of the domain.
     */
    register: stream(
      all,
      z.object({
        name: z.string().max(253),
        version: z.string().max(64),
        endpoint: linkEndpointSchema,
        /** Names this start of this process. */
        life: z.uuid(),
        /** Of my clock, epoch ms. */
        now: z.int(),
      }),
      associatesSchema,
    ),
    /** How my links have changed since the last report on this registration; the first one tells all. */
    reportLinks: call(
      all,
      z.object({ whole: z.boolean(), links: z.array(seenLinkSchema), forgotten: z.array(componentIdSchema) }),
      z.object({}),
    ),
    /** A clean stop. */
    goodbye: call(all, z.object({}), z.object({})),
    /** A new short-lived certificate for the caller's own identity. */
    renewCertificate: call(all, z.object({ certificateRequest: z.string() }), z.object({ certificate: z.string() })),
    /** The gateway's public HTTPS certificate, for host names and IP addresses; good for 90 days. */
    issueGatewayCertificate: call(
      ['http-gateway'],
      z.object({ certificateRequest: z.string(), names: z.array(z.string().min(1).max(253)).min(1).max(64) }),
      z.object({ certificate: z.string(), caCertificate: z.string() }),
    ),
    /** The links of the components that are registered at this Data Server, as they report them. */
    listLinks: call(
      ['control-server'],
      z.object({}),
      z.object({ links: z.array(seenLinkSchema.extend({ from: componentIdSchema })) }),
    ),
    /** Where the domain's database is; `database-private` when only this Data Server's machine can reach it. */
    databaseAccess: call(['control-server', 'data-server'], z.object({}), z.object({ url: z.string() })),
    /** `token` is shown once: only its hash is kept. */
    createJoinToken: call(
      ['control-server'],
      z.object({
        ...createJoinTokenSchema.shape,
        /** Left out: any number, as it always was between components. */
        uses: z.int().min(1).max(100_000).optional(),
        createdBy: z.string(),
      }),
      createdJoinTokenSchema,
    ),
    listJoinTokens: call(['control-server'], z.object({}), z.object({ items: z.array(joinTokenSchema) })),
    /** Unknown: done already. */
    revokeJoinToken: call(['control-server'], z.object({ id: joinTokenIdSchema }), z.object({})),
    /** For good: its certificate is refused from now on, and everybody cuts it off. Again: done already. */
    removeComponent: call(['control-server'], z.object({ id: componentIdSchema }), z.object({})),
  },
} as const satisfies LinkTable;
