/** Turns layout, groups and ties into React Flow's nodes and edges. All sizes are given, so that nothing is measured first. */
import type { Component } from '@zhiyun/contracts';
import type { ServiceGroup } from '../model/service-groups.ts';
import { cardOfGroup, type Tie } from '../model/ties.ts';
import type { ComponentNode } from './component-card.tsx';
import type { CollapsedNode, FrameNode } from './group-card.tsx';
import type { Box, Laid } from './lay-out.ts';
import type { TieEdge } from './tie-line.tsx';

export type FlowNode = FrameNode | ComponentNode | CollapsedNode;

/** What screen readers say, and the words at the lines. */
export interface Wording {
  component(component: Component): string;
  group(group: ServiceGroup): string;
  frame(group: ServiceGroup): string;
  card: string;
  /** Of a tie that stands for many. */
  count(tie: Tie): string;
  link(tie: Tie): string;
  tie(tie: Tie, from: string, to: string): string;
}

/** What is looked at: a card, and the machine of its component. */
export interface Focus {
  card: string;
  machine: string | undefined;
}

/** So many labels can be read at once; beyond, the panel lists them. */
const mostLabels = 12;
const layer = { frame: 0, tie: 1, card: 2 } as const;

function placed({ x, y, width, height }: Box) {
  return {
    position: { x, y },
    width,
    height,
    measured: { width, height },
    draggable: false,
    connectable: false,
    deletable: false,
  };
}

const button = (label: string, card: string, pressed: boolean) => ({
  ariaRole: 'button' as const,
  ariaLabel: label,
  domAttributes: { 'aria-pressed': pressed, 'aria-roledescription': card },
  selected: pressed,
  zIndex: layer.card,
});

export function nodesOf(
  laid: Laid,
  groups: readonly ServiceGroup[],
  ties: readonly Tie[],
  focus: Focus | undefined,
  words: Wording,
): FlowNode[] {
  const near = new Set(ties.flatMap(({ ends }) => (focus && ends.includes(focus.card) ? ends : [])));
  const isDimmed = (id: string) => focus !== undefined && id !== focus.card && !near.has(id);
  return laid.groups.flatMap(({ type, frame, cards }): FlowNode[] => {
    const group = groups.find((each) => each.type === type);
    if (!group) return [];
    const members = new Map<string, Component>((group.members ?? []).map((member) => [member.id, member]));
    const drawn = cards.flatMap((box): FlowNode[] => {
      const { id } = box;
      const dimmed = isDimmed(id);
      if (id === cardOfGroup(type)) {
        const label = words.group(group);
        return [
          { id, type: 'collapsed', data: { group, dimmed }, ...placed(box), ...button(label, words.card, false) },
        ];
      }
      const component = members.get(id);
      if (!component) return [];
      const selected = focus?.card === id;
      const neighbour = !selected && focus?.machine !== undefined && component.machine === focus.machine;
      return [
        {
          id,
          type: 'component',
          data: { component, dimmed: dimmed && !neighbour, neighbour },
          ...placed(box),
          ...button(words.component(component), words.card, selected),
        },
      ];
    });
    const around: FrameNode = {
      id: `frame:${type}`,
      type: 'frame',
      data: { group },
      ...placed(frame),
      ariaRole: 'group',
      ariaLabel: words.frame(group),
      selectable: false,
      focusable: false,
      zIndex: layer.frame,
    };
    return [around, ...drawn];
  });
}

/** Downwards, or to the right within a layer. */
function endsOf({ ends: [a, b] }: Tie, boxes: ReadonlyMap<string, Box>) {
  const [boxA, boxB] = [boxes.get(a), boxes.get(b)];
  if (!boxA || !boxB) return undefined;
  const below = (from: Box, to: Box) => to.y >= from.y + from.height;
  if (below(boxA, boxB)) return { source: a, target: b, sourceHandle: 'bottom', targetHandle: 'top' };
  if (below(boxB, boxA)) return { source: b, target: a, sourceHandle: 'bottom', targetHandle: 'top' };
  const [left, right] = boxA.x < boxB.x ? [a, b] : [b, a];
  return { source: left, target: right, sourceHandle: 'right', targetHandle: 'left' };
}

export function edgesOf(
  laid: Laid,
  ties: readonly Tie[],
  focus: Focus | undefined,
  nameOf: (card: string) => string,
  words: Wording,
): TieEdge[] {
  const boxes = new Map(laid.groups.flatMap(({ cards }) => cards.map((box) => [box.id, box] as const)));
  const touches = ({ ends }: Tie) => focus !== undefined && ends.includes(focus.card);
  const labelled = (focus ? ties.filter(touches) : ties.filter(({ troubled, links }) => troubled > 0 && links === 1))
    .length;
  return ties.flatMap((tie): TieEdge[] => {
    const ends = endsOf(tie, boxes);
    if (!ends) return [];
    const { id, state, links, troubled } = tie;
    const prominence = focus ? (touches(tie) ? 'loud' : 'quiet') : state === 'online' ? 'plain' : 'loud';
    const mayLabel = labelled <= mostLabels && (focus ? touches(tie) : troubled > 0);
    const label = links > 1 ? words.count(tie) : mayLabel ? words.link(tie) : undefined;
    return [
      {
        id,
        type: 'tie',
        ...ends,
        data: { state, label, prominence },
        ariaLabel: words.tie(tie, nameOf(ends.source), nameOf(ends.target)),
        selectable: false,
        focusable: false,
        zIndex: layer.tie,
      },
    ];
  });
}
