/** Names of what the platform has, for completion: asked quickly, and silent when nobody answers. */
import { type InstanceAction, instanceActions, instanceCan, type KindName, type Operation } from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
import type { RequestOf, RestClient } from '@zhiyun/contracts/rest';
import { listOf } from '../commands/kind-calls.ts';
import { plainKind } from '../commands/plain-kinds.ts';
import { connectSilently } from '../connection.ts';
import { loadContexts } from '../contexts/context-file.ts';
import { imageKindName, operationName, term } from '../words/terms.ts';
import type { NameKind, Suggestion } from './completions.ts';

type OperationsQuery = NonNullable<RequestOf<'listOperations'>['query']>;

/** Whoever presses Tab does not wait longer. */
const patienceMs = 1_500;
/** More than anybody reads. */
const limit = 100;

interface Asked {
  client: RestClient;
  /** What the names begin with. */
  typed: string;
  /** The command that the name is for: of instances, only those that it can be done to. */
  action: string;
  signal: AbortSignal;
}
type Ask = (asked: Asked) => Promise<Suggestion[]>;

const isAction = (action: string): action is InstanceAction => (instanceActions as readonly string[]).includes(action);
/** The API searches by part of the name; an empty search is none. */
const query = (typed: string) => ({ limit, ...(typed && { search: typed }) });

const asks: Record<Exclude<NameKind, 'context' | 'role[,role]'>, Ask> = {
  instance: async ({ client, typed, action, signal }) => {
    const { items } = await client.listInstances({ query: { ...query(typed), sort: 'name' }, signal });
    return items
      .filter(({ state }) => !isAction(action) || instanceCan(action, state))
      .map(({ name, state }) => ({ value: name, description: term('instance.state', state) }));
  },
  image: async ({ client, typed, action, signal }) => {
    const { items } = await client.listImages({ query: query(typed), signal });
    const usable = action === 'iso' || action === 'disk';
    return items
      .filter(({ kind, state }) => !usable || (kind === action && state === 'ready'))
      .map(({ name, kind }) => ({ value: name, description: imageKindName(kind) }));
  },
  pool: async ({ client, typed, signal }) =>
    (await client.listComputePools({ query: query(typed), signal })).items.map(({ name, description }) => ({
      value: name,
      description,
    })),
  node: async ({ client, typed, signal }) =>
    (await client.listNodes({ query: query(typed), signal })).items.map(({ name, state }) => ({
      value: name,
      description: term('node.state', state),
    })),
  component: async ({ client, signal }) =>
    (await client.listComponents({ query: { limit }, signal })).items.map(({ type, name, id, state }) => ({
      value: name ? `${type}@${name}` : id,
      description: term('component.state', state),
    })),
  'storage-server': async ({ client, signal }) =>
    (await client.listComponents({ query: { limit, type: 'storage-server' }, signal })).items.map(
      ({ name, id, state }) => ({
        value: name || id,
        description: term('component.state', state),
      }),
    ),
  user: async ({ client, signal }) =>
    (await client.listUsers({ query: { limit }, signal })).items.map(({ username, role }) => ({
      value: username,
      description: term('user.role', role),
    })),
  operation: async (asked) =>
    (await operationsFor(asked)).map(({ id, kind, target }) => ({
      value: id,
      description: `${operationName(kind)} ${target.name}`,
    })),
  'join-token': async ({ client, signal }) =>
    (await client.listJoinTokens({ signal })).items.map(({ id, roles }) => ({
      value: id,
      description: roles.join(','),
    })),
};

/** Those that the action may be done to. */
async function operationsFor({ client, action, signal }: Asked): Promise<Operation[]> {
  const list = async (query: OperationsQuery) =>
    (await client.listOperations({ query: { limit: 30, ...query }, signal })).items;
  if (action === 'show') return list({});
  if (action !== 'retry') return list({ active: 'true' });
  const unsuccessful = ['stuck', 'failed', 'cancelled'] as const;
  const found = await Promise.all(unsuccessful.map((state) => list({ state })));
  return found.flat().filter(({ state, retryable }) => retryable || state === 'stuck');
}

/** `a,b,` + each role that is not there yet. */
function rolesAfter(typed: string): Suggestion[] {
  const before = typed.split(',').slice(0, -1);
  return componentTypes
    .filter((type) => !before.includes(type))
    .map((type) => ({ value: [...before, type].join(',') }));
}

/** The most that one answer holds: its list may know no search. */
const mostOfKind = 500;

async function namesOfKind(kind: KindName, { client, signal }: Asked): Promise<Suggestion[]> {
  const { items } = await listOf<{ name: string }>(client, kind, { query: { limit: mostOfKind }, signal });
  return items.map(({ name }) => ({ value: name }));
}

export async function askNames(kind: string, typed: string, action: string): Promise<Suggestion[]> {
  if (kind === 'role[,role]') return rolesAfter(typed);
  try {
    if (kind === 'context')
      return Object.entries(loadContexts().byName).map(([name, { url }]) => ({ value: name, description: url }));
    const connection = connectSilently();
    if (!connection) return [];
    const asked = { client: connection.client, typed, action, signal: AbortSignal.timeout(patienceMs) };
    return plainKind(kind) ? await namesOfKind(kind as KindName, asked) : await asks[kind as keyof typeof asks](asked);
  } catch {
    return [];
  }
}
