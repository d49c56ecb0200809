/** What a route asks for. Roles hold permissions; nothing checks roles directly. Each kind says the least role for each of its own. */
import { allKinds, type Kind, type NamesIn } from '../kinds.ts';
import { type Role, roles } from './roles.ts';

/** `<kind>:<what>`. */
export type Permission = PermissionOf<Kind>;
type PermissionOf<K> = K extends Kind ? `${K['name']}:${NamesIn<K, 'permissions'>}` : never;

const leastRoles = Object.fromEntries(
  allKinds.flatMap(({ name, permissions: own = {} }) =>
    Object.entries(own).map(([what, role]) => [`${name}:${what}`, role]),
  ),
) as Readonly<Record<Permission, Role>>;

export const permissions = Object.keys(leastRoles) as readonly Permission[];

/** `roles` goes from the one that may most to the one that may least. */
export function roleMay(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) <= roles.indexOf(leastRoles[permission]);
}
