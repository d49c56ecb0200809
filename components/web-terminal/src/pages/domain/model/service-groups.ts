/** Service groups (服务组): the components of one type. A group too large to be drawn one by one is collapsed. */
import { type Component, type ComponentState, componentStates, type System } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';

/** So many cards can be taken in at a glance. */
export const drawnSingly = 60;

export type StateCounts = Record<ComponentState, number>;

export interface ServiceGroup {
  type: ComponentType;
  total: number;
  counts: StateCounts;
  /** By name; undefined: the group is collapsed. */
  members: readonly Component[] | undefined;
}

export function totalOf(counts: StateCounts): number {
  return componentStates.reduce((sum, state) => sum + counts[state], 0);
}

const byName = new Intl.Collator('en', { numeric: true });

/** The order depends on nothing that changes while a component lives. */
function inOrder(components: readonly Component[]): Component[] {
  return components.toSorted((a, b) => byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
}

function groupOf(type: ComponentType, components: readonly Component[]): ServiceGroup {
  const counts: StateCounts = { online: 0, suspect: 0, gone: 0 };
  for (const { state } of components) counts[state]++;
  return { type, total: components.length, counts, members: inOrder(components) };
}

export function groupsOf(components: readonly Component[]): ServiceGroup[] {
  const byType = Map.groupBy(components, ({ type }) => type);
  return componentTypes.flatMap((type) => {
    const members = byType.get(type);
    return members ? [groupOf(type, members)] : [];
  });
}

/** The largest groups are collapsed until what is left can be drawn. */
export function singleTypes(groups: System['components']): ComponentType[] {
  const left = groups.toSorted((a, b) => totalOf(a.counts) - totalOf(b.counts));
  const drawn = () => left.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  while (drawn() > drawnSingly) left.pop();
  return left.map(({ type }) => type);
}

/** Of a large domain: members are only known of the groups that are drawn singly. */
export function groupsByCounts(
  counted: System['components'],
  members: ReadonlyMap<ComponentType, readonly Component[]>,
): ServiceGroup[] {
  return counted.map(({ type, counts }) => {
    const known = members.get(type);
    return known ? groupOf(type, known) : { type, total: totalOf(counts), counts, members: undefined };
  });
}
