/**
 * A kind of resource (种类) says here once what everybody else derives: ids, permissions of roles, operation and event kinds, sentences
 * in both languages, tags of OpenAPI, what an event makes stale. Data only: a `kind.ts` imports no schema, so that schemas may import it.
 */
import type { Role } from '../identity/roles.ts';
import type { Words } from '../sentences/sentence.ts';
import { brandedId } from './branded-id.ts';

/** The sentence of an event; `{name}` takes `data.name`, and `{detail}` what `data.sentence` says, else `data.detail`. */
export interface EventWords extends Words {
  /** Values that are words of the platform: `{ to: 'word.instance.state' }` says `running` as that kind's word for it. */
  readonly words?: Readonly<Record<string, string>>;
  /** Said instead where `data` has a value `with`, and it is none of `except`. */
  readonly longer?: Words & { readonly with: string; readonly except?: readonly string[] };
}

/** A column of a plain list, for console and command line. `as`: how the value of `field` is written; default: as text. */
export interface KindColumn extends Words {
  readonly field: string;
  readonly as?: 'time' | 'bytes' | 'code';
}

export interface KindDefinition {
  /** `kebab-case`: names the folders, the target kind, and begins its permissions, operation and event kinds. */
  readonly name: string;
  /** Its address after `/api/v1/`, its tag in OpenAPI, the console's query key. */
  readonly plural: string;
  /** In the middle of a sentence. */
  readonly noun: Words;
  /** One sentence for OpenAPI. */
  readonly about: string;
  /** False: no event and no operation is about one of these. */
  readonly subject?: false;
  /** True: some dozens at most of each owner, so that no list of them can get slow. */
  readonly few?: true;
  /** True: each belongs to a user. Events about it are for that user, who is their actor, and for administrators. */
  readonly owned?: true;
  /** Default: `name`. A kind that shares its ids with another says so. */
  readonly brand?: string;
  /** What may be asked for, each with the least role that holds it. */
  readonly permissions?: Readonly<Record<string, Role>>;
  /** Operations that work on it, each as an order: «Create instance». */
  readonly operations?: Readonly<Record<string, Words>>;
  readonly events?: Readonly<Record<string, EventWords>>;
  /** Words of its enumerations: `{ state: { running: … } }` is found under `word.<name>.state.running`. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, Words>>>>;
  /** What else is said of it, for `say`. Keys begin with its name; those of wrong fields with `field.`. */
  readonly sentences?: Readonly<Record<string, Words>>;
  /** Kinds whose answers an event about this one makes out of date, besides its own. */
  readonly stale?: readonly string[];
  readonly columns?: readonly KindColumn[];
}

type BrandOf<D extends KindDefinition> = D extends { readonly brand: infer B extends string } ? B : D['name'];

/** Keeps the literal types, from which those of permissions, events and sentences follow. */
export function defineKind<const D extends KindDefinition>(definition: D) {
  const brand = (definition.brand ?? definition.name) as BrandOf<D>;
  return { ...definition, idSchema: brandedId(brand) };
}
