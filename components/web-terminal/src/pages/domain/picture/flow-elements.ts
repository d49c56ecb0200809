/** Turns layout, groups and ties into React Flow's nodes and edges. All sizes are given, so that nothing is measured first. */
import type { Component } from '@zhiyun/contracts';
import type { ServiceGroup } from '../model/service-groups.ts';
import { cardOfGroup, type Tie } from '../model/ties.ts';
import type { ComponentNode } from './component-card.tsx';
import type { CollapsedNode, FrameNode, TitleNode } from './group-card.tsx';
import { type Box, type Laid, titleHeight } from './lay-out.ts';
import type { TieEdge } from './tie-line.tsx';

export type FlowNode = FrameNode | TitleNode | ComponentNode | CollapsedNode;

/** What screen readers say, and the words at the lines that stand for many. */
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

/** More than so many would be a tangle, if they were drawn as strongly. */
const manyTies = 150;
/** What is well runs beneath the frames; what is looked at, or is not well, above them, and beneath all words. */
const layer = { tie: 0, frame: 1, loudTie: 2, title: 3, card: 3 } as const;

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

const frameId = (type: string) => `frame:${type}`;
const isCollapsed = (card: string) => card.startsWith('group:');

/** The other end, with what the tie says of it. */
function tieTo(tie: Tie, card: string): [string, Tie][] {
  const other = tie.ends.find((end) => end !== card);
  return other !== undefined && tie.ends.includes(card) ? [[other, tie]] : [];
}

export function nodesOf(
  laid: Laid,
  groups: readonly ServiceGroup[],
  ties: readonly Tie[],
  focus: Focus | undefined,
  words: Wording,
): FlowNode[] {
  const near = new Map(ties.flatMap((tie) => (focus ? tieTo(tie, focus.card) : [])));
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
          data: { component, link: near.get(id), dimmed: dimmed && !neighbour, neighbour },
          ...placed(box),
          ...button(words.component(component), words.card, selected),
        },
      ];
    });
    const around: FrameNode = {
      id: frameId(type),
      type: 'frame',
      data: {},
      ...placed(frame),
      ariaRole: 'group',
      ariaLabel: words.frame(group),
      selectable: false,
      focusable: false,
      zIndex: layer.frame,
    };
    const title: TitleNode = {
      id: `title:${type}`,
      type: 'title',
      data: { group },
      ...placed({ ...frame, height: titleHeight }),
      selectable: false,
      focusable: false,
      zIndex: layer.title,
    };
    return [around, title, ...drawn];
  });
}

/** Downwards, or to the right within a layer. */
function directed([a, b]: readonly [string, string], boxes: ReadonlyMap<string, Box>) {
  const [boxA, boxB] = [boxes.get(a), boxes.get(b)];
  if (!boxA || !boxB) return undefined;
  const below = (from: Box, to: Box) => to.y >= from.y + from.height;
  const down = { sourceHandle: 'bottom', targetHandle: 'top' } as const;
  if (below(boxA, boxB)) return { source: a, target: b, ...down };
  if (below(boxB, boxA)) return { source: b, target: a, ...down };
  const [left, right] = boxA.x < boxB.x ? [a, b] : [b, a];
  return { source: left, target: right, sourceHandle: 'right', targetHandle: 'left' };
}

/** At rest the ties of a collapsed group to the cards of another are one, to its frame. */
function bundled(ties: readonly Tie[], frameOf: (card: string) => string): Tie[] {
  const bundles = new Map<string, Tie>();
  for (const tie of ties) {
    const ends = tie.ends.map((end) => (isCollapsed(end) ? end : frameOf(end)));
    const [a = '', b = ''] = tie.links === 1 ? tie.ends : ends;
    const id = `${a} ${b}`;
    const other = bundles.get(id);
    const links = (other?.links ?? 0) + tie.links;
    const troubled = (other?.troubled ?? 0) + tie.troubled;
    const state = troubled < links ? 'online' : tie.state;
    bundles.set(id, tie.links === 1 ? tie : { id, ends: [a, b], state, since: undefined, links, troubled });
  }
  return [...bundles.values()];
}

export function edgesOf(
  laid: Laid,
  ties: readonly Tie[],
  focus: Focus | undefined,
  nameOf: (card: string) => string,
  words: Wording,
): TieEdge[] {
  const boxes = new Map<string, Box>();
  const frames = new Map<string, string>();
  for (const { type, frame, cards } of laid.groups) {
    boxes.set(frameId(type), frame);
    for (const card of cards) {
      boxes.set(card.id, card);
      frames.set(card.id, frameId(type));
    }
  }
  const drawn = focus ? ties : bundled(ties, (card) => frames.get(card) ?? card);
  const atRest = drawn.length > manyTies ? 'faint' : 'plain';
  return drawn.flatMap((tie): TieEdge[] => {
    const ends = directed(tie.ends, boxes);
    if (!ends) return [];
    const { id, state, links } = tie;
    const looked = focus !== undefined && tie.ends.includes(focus.card);
    const prominence = focus ? (looked ? 'loud' : 'quiet') : state === 'online' ? atRest : 'loud';
    return [
      {
        id,
        type: 'tie',
        ...ends,
        data: { state, label: links > 1 ? words.count(tie) : undefined, prominence },
        ariaLabel: words.tie(tie, nameOf(ends.source), nameOf(ends.target)),
        selectable: false,
        focusable: false,
        zIndex: prominence === 'loud' ? layer.loudTie : layer.tie,
      },
    ];
  });
}
