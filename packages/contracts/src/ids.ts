/** Identifiers that no kind of its own declares; those of kinds are in their `kind.ts` and come through here too. */
import type { z } from 'zod';
import type { ComponentId } from './component/kind.ts';
import { brandedId } from './kind/branded-id.ts';

export { type ComponentId, componentIdSchema } from './component/kind.ts';
export { type ComputePoolId, computePoolIdSchema } from './compute-pool/kind.ts';
export { type UserId, userIdSchema } from './identity/kind.ts';
export { type ImageId, imageIdSchema } from './image/kind.ts';
export { type InstanceId, instanceIdSchema } from './instance/kind.ts';
export { type JoinTokenId, joinTokenIdSchema } from './join-token/kind.ts';
export { isUuid, uuidPattern } from './kind/branded-id.ts';
export { type OperationId, operationIdSchema } from './operation/kind.ts';

export const domainIdSchema = brandedId('domain');
export const diskIdSchema = brandedId('disk');

export type DomainId = z.infer<typeof domainIdSchema>;
/** A node is the Node Client that runs it: the two share one id. */
export type NodeId = ComponentId;
export type DiskId = z.infer<typeof diskIdSchema>;
