/** Joining a domain and hearing of one's associates (自动连接). */
import { z } from 'zod';
import { componentIdSchema, domainIdSchema } from '../ids.ts';
import { componentTypeSchema, componentTypes } from './component.ts';
import { call, type LinkTable, stream } from './link-contract.ts';

/** Where a component's link listener can be reached. */
export const linkAddressSchema = z.object({ host: z.string(), port: z.int().min(1).max(65535) });
export type LinkAddress = z.infer<typeof linkAddressSchema>;

export const componentRecordSchema = z.object({
  id: componentIdSchema,
  type: componentTypeSchema,
  name: z.string(),
  address: linkAddressSchema,
  state: z.enum(['online', 'suspect', 'gone']),
});
export type ComponentRecord = z.infer<typeof componentRecordSchema>;

/** The body of `POST /join`, the only thing a Data Server answers without a client certificate. */
export const joinRequestSchema = z.strictObject({
  protocolVersion: z.int(),
  /** The token's secret. Empty: I am known already and my key proves it (my certificate has expired). */
  secret: z.string().max(200),
  id: componentIdSchema,
  type: componentTypeSchema,
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
     * Says where I am and stays open as long as I live: each item is the whole list of my associates (all components,
     * for a Data Server). Its end without a goodbye makes me suspect after 3 s and gone after 5 s.
     */
    register: stream(
      all,
      z.object({ name: z.string(), address: linkAddressSchema }),
      z.object({ associates: z.array(componentRecordSchema) }),
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
    listComponents: call(['control-server'], z.object({}), z.object({ components: z.array(componentRecordSchema) })),
  },
} as const satisfies LinkTable;
