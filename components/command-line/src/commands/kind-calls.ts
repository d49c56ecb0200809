/** The calls that every kind may have, found by its name. */
import { type KindDefinition, type KindName, kindNamed, type Page } from '@zhiyun/contracts';
import { type RestClient, routesOfKind } from '@zhiyun/contracts/rest';

interface Request {
  params?: { id: string };
  query?: object;
  signal?: AbortSignal;
}

function call<Answer>(client: RestClient, kind: KindName, does: 'list' | 'get' | 'delete', request: Request) {
  const route = routesOfKind(kindNamed(kind) as KindDefinition)[does];
  if (route === undefined) throw new Error(`${kind} has no route to ${does}`);
  return (client as unknown as Record<string, (request: Request) => Promise<Answer>>)[route]?.(
    request,
  ) as Promise<Answer>;
}

export const listOf = <Item>(client: RestClient, kind: KindName, request: Request) =>
  call<Page<Item>>(client, kind, 'list', request);
export const getOf = <Item>(client: RestClient, kind: KindName, id: string) =>
  call<Item>(client, kind, 'get', { params: { id } });
export const deleteOf = (client: RestClient, kind: KindName, id: string) =>
  call<undefined>(client, kind, 'delete', { params: { id } });
