/** The operations this page has started and not yet told the end of. */

import type { QueryClient } from '@tanstack/react-query';
import type { Operation } from '@zhiyun/contracts';
import { operationQueries } from '../pages/operations/queries.ts';
import { refetch } from './query-parts.ts';

let ids: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function replace(next: ReadonlySet<string>): void {
  ids = next;
  for (const listener of listeners) listener();
}

export const startedOperations = {
  get: () => ids,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  add(id: string) {
    if (!ids.has(id)) replace(new Set([...ids, id]));
  },
  remove(id: string) {
    if (ids.has(id)) replace(new Set([...ids].filter((other) => other !== id)));
  },
};

/** Call with every operation that the platform answered (202): its end is told, and what it changes is fetched at once. */
export function operationStarted(client: QueryClient, operation: Operation): void {
  startedOperations.add(operation.id);
  client.setQueryData(operationQueries.detail(operation.id).queryKey, operation);
  void refetch(client, 'operation');
  void client.invalidateQueries({ queryKey: [operation.target.kind] });
}
