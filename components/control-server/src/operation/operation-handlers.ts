/** Operations as users see them: the engine's, by id. */
import { isUuid, type OperationId, say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';
import type { Engine } from '@zhiyun/transaction';
import type { RestHandlers } from '../rest/rest-handlers.ts';

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
    retryOperation: async ({ params }) => engine.retry(operationId(params.id)),
  };
}

/** Operations have no names. */
function operationId(reference: string): OperationId {
  if (isUuid(reference)) return reference as OperationId;
  throw new PlatformError('not-found', say('operation.unknown', { reference }));
}
