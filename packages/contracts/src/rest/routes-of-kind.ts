/** Routes of a kind by the names that they have by convention: `listSshKeys`, `getSshKey`, `createSshKey`, `updateSshKey`, `deleteSshKey`. */
import type { KindDefinition } from '../kind/define-kind.ts';
import { type RouteName, routes } from './routes.ts';

type Pascal<Text extends string> = Text extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Text>;
type RouteNamed<Name extends string> = Name extends RouteName ? Name : Extract<RouteName, Name> | undefined;
type Naming = Pick<KindDefinition, 'name' | 'plural'>;

export interface RoutesOfKind<K extends Naming> {
  /** `SshKey`. */
  readonly typeName: Pascal<K['name']>;
  readonly list: RouteNamed<`list${Pascal<K['plural']>}`>;
  readonly get: RouteNamed<`get${Pascal<K['name']>}`>;
  readonly create: RouteNamed<`create${Pascal<K['name']>}`>;
  readonly update: RouteNamed<`update${Pascal<K['name']>}`>;
  readonly delete: RouteNamed<`delete${Pascal<K['name']>}`>;
}

/** Undefined where the kind has no such route. */
export function routesOfKind<const K extends Naming>({ name, plural }: K): RoutesOfKind<K> {
  const one = pascal(name);
  const found = (route: string) => (Object.hasOwn(routes, route) ? route : undefined);
  return {
    typeName: one,
    list: found(`list${pascal(plural)}`),
    get: found(`get${one}`),
    create: found(`create${one}`),
    update: found(`update${one}`),
    delete: found(`delete${one}`),
  } as RoutesOfKind<K>;
}

function pascal(kebab: string): string {
  return kebab.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
