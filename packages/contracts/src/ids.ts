/**
 * Identifiers. Every resource is named by a UUIDv7 made by the platform; each kind has its own brand so that a node id can
 * never be passed where an instance id is meant.
 */
import { z } from 'zod';

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function brandedId<Brand extends string>(brand: Brand) {
  return z.string().regex(uuidPattern, `is not a valid ${brand} id (a UUID)`).brand<Brand>();
}

export const domainIdSchema = brandedId('domain');
export const componentIdSchema = brandedId('component');
export const instanceIdSchema = brandedId('instance');
export const computePoolIdSchema = brandedId('compute-pool');
export const imageIdSchema = brandedId('image');
export const diskIdSchema = brandedId('disk');
export const operationIdSchema = brandedId('operation');
export const joinTokenIdSchema = brandedId('join-token');
export const userIdSchema = brandedId('user');

export type DomainId = z.infer<typeof domainIdSchema>;
/** Identity of one component (a process role on one home directory), kept for life; never its address. */
export type ComponentId = z.infer<typeof componentIdSchema>;
/** A node is the Node Client that runs it: the two share one id. */
export type NodeId = ComponentId;
export type InstanceId = z.infer<typeof instanceIdSchema>;
export type ComputePoolId = z.infer<typeof computePoolIdSchema>;
export type ImageId = z.infer<typeof imageIdSchema>;
export type DiskId = z.infer<typeof diskIdSchema>;
export type OperationId = z.infer<typeof operationIdSchema>;
export type JoinTokenId = z.infer<typeof joinTokenIdSchema>;
export type UserId = z.infer<typeof userIdSchema>;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
