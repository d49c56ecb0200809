/**
 * Where everything stands in the picture: fixed layers of service groups, cards in each in a grid. It depends on who is in
 * the domain and on the room there is, never on states, so that nothing moves when something is lost or comes back.
 */
import type { ComponentType } from '@zhiyun/contracts/links';
import type { ServiceGroup } from '../model/service-groups.ts';
import { cardOfGroup } from '../model/ties.ts';

const layers: readonly (readonly ComponentType[])[] = [
  ['http-gateway', 'intelligent-router'],
  ['data-server', 'control-server', 'statistic-server'],
  ['storage-server'],
  ['node-client'],
];

const card = { width: 208, height: 92 } as const;
const collapsedCard = { width: 300, height: 116 } as const;
const gap = { cards: 12, groups: 28, layers: 52 } as const;
/** Of a service group's frame, above its cards. */
export const titleHeight = 38;
const frame = { padding: 14, header: titleHeight } as const;
const columns = { narrow: 2, fewest: 4, most: 8 } as const;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LaidGroup {
  type: ComponentType;
  frame: Box;
  /** By id, in the coordinates of the whole picture. */
  cards: readonly (Box & { id: string })[];
}

export interface Laid {
  width: number;
  height: number;
  groups: readonly LaidGroup[];
}

function columnsFor(count: number, narrow: boolean): number {
  if (narrow) return Math.min(count, columns.narrow);
  return Math.min(count, columns.most, Math.max(columns.fewest, Math.ceil(Math.sqrt(count * 2))));
}

/** With its frame's corner at 0, 0. */
function layGroup({ type, members }: ServiceGroup, narrow: boolean): LaidGroup {
  const size = members ? card : collapsedCard;
  const ids = members ? members.map(({ id }) => id) : [cardOfGroup(type)];
  const across = columnsFor(ids.length, narrow);
  const down = Math.ceil(ids.length / across);
  const cards = ids.map((id, index) => ({
    id,
    ...size,
    x: frame.padding + (index % across) * (size.width + gap.cards),
    y: frame.header + Math.floor(index / across) * (size.height + gap.cards),
  }));
  const width = 2 * frame.padding + across * (size.width + gap.cards) - gap.cards;
  const height = frame.header + frame.padding + down * (size.height + gap.cards) - gap.cards;
  return { type, frame: { x: 0, y: 0, width, height }, cards };
}

function moved({ type, frame: box, cards }: LaidGroup, x: number, y: number): LaidGroup {
  const shift = <Shifted extends Box>(each: Shifted): Shifted => ({ ...each, x: each.x + x, y: each.y + y });
  return { type, frame: shift(box), cards: cards.map(shift) };
}

export function layOut(groups: readonly ServiceGroup[], narrow: boolean): Laid {
  const wanted = narrow ? layers.flat().map((type) => [type]) : layers;
  const rows = wanted
    .map((types) =>
      types.flatMap((type) => groups.filter((group) => group.type === type)).map((group) => layGroup(group, narrow)),
    )
    .filter((row) => row.length > 0);
  const widthOf = (row: readonly LaidGroup[]) =>
    row.reduce((sum, { frame: { width } }) => sum + width + gap.groups, -gap.groups);
  const width = Math.max(0, ...rows.map(widthOf));
  let y = 0;
  const laid = rows.flatMap((row) => {
    const height = Math.max(...row.map((group) => group.frame.height));
    let x = (width - widthOf(row)) / 2;
    const placed = row.map((group) => {
      const result = moved(group, x, y);
      x += group.frame.width + gap.groups;
      return result;
    });
    y += height + gap.layers;
    return placed;
  });
  return { width, height: Math.max(0, y - gap.layers), groups: laid };
}
