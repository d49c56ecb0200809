/** Makes the sentence of an event from its kind and data. */
import {
  componentStates,
  type Event,
  imageStates,
  instanceConditions,
  instanceStates,
  nodeStates,
  operationKinds,
  stopReasons,
} from '@zhiyun/contracts';
import { localized, sentenceSchema } from '@zhiyun/contracts/sentences';
import i18n from 'i18next';
import { reader } from '../../api/errors.ts';
import type events from './zh-CN.ts';

type EventKind = keyof typeof events.sentence;

const isKnown = (kind: string): kind is EventKind => i18n.exists(`events:sentence.${kind}`);

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function stateWord(event: Event): string {
  const state = text(event.data.to);
  const among = <State extends string>(states: readonly State[]) => states.find((each) => each === state);
  switch (event.kind === 'node.instances-changed' ? 'instance' : event.subject.kind) {
    case 'instance': {
      const found = among(instanceStates);
      return found ? i18n.t(`common:instanceState.${found}`) : state;
    }
    case 'image': {
      const found = among(imageStates);
      return found ? i18n.t(`common:imageState.${found}`) : state;
    }
    case 'node': {
      const found = among(nodeStates);
      return found ? i18n.t(`common:nodeState.${found}`) : state;
    }
    case 'component': {
      const found = among(componentStates);
      return found ? i18n.t(`common:componentState.${found}`) : state;
    }
    default:
      return state;
  }
}

/** Nobody needs to be told that what they ordered was done because they ordered it. */
function unexpectedStop(event: Event): string | undefined {
  const reason = stopReasons.find((each) => each === event.data.stopReason);
  const expected = reason === undefined || reason === 'requested' || reason === 'never-started';
  return expected ? undefined : i18n.t(`common:stopReason.${reason}`);
}

/** What was found with the network of a node. */
function foundWords({ data }: Event): string {
  const sentence = sentenceSchema.safeParse(data.sentence);
  return localized(text(data.detail), sentence.data, reader());
}

function variantOf(kind: EventKind, { data }: Event, reason: string | undefined): EventKind {
  if (reason) return 'instance.stopped-because';
  return kind === 'node.network-altered' && text(data.by) ? 'node.network-altered-by' : kind;
}

/** In the language of the page, once the catalogue `events` is there. An event of a newer platform is shown by its kind. */
export function eventSentence(event: Event): string {
  if (!isKnown(event.kind)) return event.kind;
  const operation = operationKinds.find((each) => each === event.data.kind);
  const condition = instanceConditions.find((each) => each === event.data.kind);
  const reason = unexpectedStop(event);
  return i18n.t(`events:sentence.${variantOf(event.kind, event, reason)}`, {
    state: stateWord(event),
    kind: operation ? i18n.t(`common:operationKind.${operation}`) : text(event.data.kind),
    from: text(event.data.from),
    to: text(event.data.to),
    count: text(event.data.count),
    condition: condition ? i18n.t(`common:condition.${condition}`) : text(event.data.kind),
    reason,
    what: foundWords(event),
    by: text(event.data.by),
  });
}
