/** The one list of kinds (资源种类). A new kind is its folder with a `kind.ts`, and a line here. */
import { componentKind } from './component/kind.ts';
import { computePoolKind } from './compute-pool/kind.ts';
import { eventKind } from './event/kind.ts';
import { sessionKind, userKind } from './identity/kind.ts';
import { imageKind } from './image/kind.ts';
import { instanceKind } from './instance/kind.ts';
import { joinTokenKind } from './join-token/kind.ts';
import type { EventWords, KindDefinition } from './kind/define-kind.ts';
import { linkKind } from './link/kind.ts';
import { nodeKind } from './node/kind.ts';
import { operationKind } from './operation/kind.ts';
import { sshKeyKind } from './ssh-key/kind.ts';
import { systemKind } from './system/kind.ts';

/** In the order in which they are offered to choose from. */
export const kinds = [
  instanceKind,
  imageKind,
  sshKeyKind,
  nodeKind,
  computePoolKind,
  componentKind,
  linkKind,
  joinTokenKind,
  userKind,
  sessionKind,
  operationKind,
  eventKind,
  systemKind,
] as const;

export type Kind = (typeof kinds)[number];
export type KindName = Kind['name'];
export type KindNamed<Name extends KindName> = Extract<Kind, { readonly name: Name }>;

/** Names that a kind gives to its permissions, operations or events. */
export type NamesIn<K, Part extends string> = K extends { readonly [P in Part]: infer Names }
  ? keyof Names & string
  : never;
type Named<Part extends string, K = Kind> = K extends { readonly name: string }
  ? `${K['name']}.${NamesIn<K, Part>}`
  : never;

/** `<kind>.<what>`, e.g. `instance.start`. */
export type OperationKind = Named<'operations'>;
/** `<kind>.<what>`, e.g. `instance.renamed`. */
export type EventKind = Named<'events'>;

/** What an event or an operation may be about. */
export type TargetKind = Exclude<Kind, { readonly subject: false }>['name'];

/** Any of them, with all that it may say. */
export const allKinds: readonly KindDefinition[] = kinds;
export const kindNames = kinds.map(({ name }) => name) as readonly KindName[];

export function kindNamed<Name extends KindName>(name: Name): KindNamed<Name> {
  return kinds.find((kind) => kind.name === name) as KindNamed<Name>;
}

/** Of what belongs to users. */
export const ownedKinds: readonly string[] = allKinds.filter(({ owned }) => owned).map(({ name }) => name);
export const targetKinds = allKinds.filter(({ subject }) => subject !== false).map(({ name }) => name) as TargetKind[];

function named(part: 'operations' | 'events'): string[] {
  return allKinds.flatMap((kind) => Object.keys(kind[part] ?? {}).map((what) => `${kind.name}.${what}`));
}
export const operationKinds = named('operations') as readonly OperationKind[];
export const eventKinds = named('events') as readonly EventKind[];

/** Undefined for one that only a newer platform knows. */
export function eventWords(kind: string): EventWords | undefined {
  const [name, what = ''] = kind.split('.', 2);
  return allKinds.find((each) => each.name === name)?.events?.[what];
}
