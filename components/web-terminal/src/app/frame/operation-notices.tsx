/** Tells this user when an operation that they started has ended, whichever page they are on by then. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { operationEnded } from '@zhiyun/contracts';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { api } from '../../api/client.ts';
import { useUser } from '../../api/session.ts';
import { startedOperations } from '../../api/started-operations.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { operationQueries } from '../../pages/operations/queries.ts';

export function OperationNotices() {
  const user = useUser();
  const client = useQueryClient();
  const notice = useNotice();
  const started = useSyncExternalStore(startedOperations.subscribe, startedOperations.get);
  const { data, dataUpdatedAt } = useQuery(operationQueries.active());
  const asked = useRef(new Set<string>());

  useEffect(() => {
    for (const { id, createdBy } of data?.items ?? []) if (createdBy?.id === user.id) startedOperations.add(id);
  }, [data, user.id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: also when the list is the same as before: an operation may have come and gone between the two
  useEffect(() => {
    if (!data) return;
    const active = new Set<string>(data.items.map(({ id }) => id));
    for (const id of started) {
      if (active.has(id) || asked.current.has(id)) continue;
      asked.current.add(id);
      api
        .getOperation({ params: { id } })
        .then((operation) => {
          if (!operationEnded(operation.state)) return;
          startedOperations.remove(id);
          client.setQueryData(operationQueries.detail(id).queryKey, operation);
          notice.operationEnded(operation);
        })
        // Not reachable now: asked again with the next list.
        .catch(() => undefined)
        .finally(() => asked.current.delete(id));
    }
  }, [data, dataUpdatedAt, started, client, notice]);
  return null;
}
