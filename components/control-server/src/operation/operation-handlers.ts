/** Operations as users see them: the engine's, by id. */
import { isUuid, type OperationId, permissions, roleMay, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Engine } from '@zhiyun/transaction';
import type { Principal, RestHandlers } from '../rest/rest-handlers.ts';

export function operationHandlers({
  engine,
}: {
  engine: Engine;
}): Pick<RestHandlers, 'listOperations' | 'getOperation' | 'cancelOperation' | 'retryOperation'> {
  return {
    listOperations: ({ query }) => engine.list(query),
    async getOperation({ params, query, signal }) {
      const id = operationId(params.id);
      if (query.waitSeconds === 0) return engine.get(id);
      return engine.waitFor(id, query.waitSeconds * 1000, signal);
    },
    cancelOperation: async ({ params }) => engine.cancel(operationId(params.id)),
    async retryOperation({ params, principal }) {
      const operation = await engine.get(operationId(params.id));
      // To undo further is in nobody's way; to run it once more is what it was allowed for in the first place.
      if (operation.state !== 'stuck') {
        const whole = operation.parent ? await engine.get(operation.parent) : operation;
        for (const { kind } of [whole, operation]) requireMay(principal, kind);
      }
      return engine.retry(operation.id, operation.state);
    },
  };
}

/** `instance.create` asks for `instance:write`. Throws `forbidden`. */
function requireMay({ role }: Pick<Principal, 'role'>, kind: string): void {
  const permission = permissions.find((one) => one === `${kind.split('.')[0]}:write`);
  if (permission && roleMay(role, permission)) return;
  throw new PlatformError('forbidden', say('identity.lacks-permission', { role, permission: permission ?? kind }));
}

/** Operations have no names. */
function operationId(reference: string): OperationId {
  if (isUuid(reference)) return reference as OperationId;
  throw new PlatformError('not-found', say('operation.unknown', { reference }));
}
