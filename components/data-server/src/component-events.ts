/** Events about components. Nodes have events of their own, written by the Control Servers. */
import type { ComponentState, Event, KindNamed, NamesIn } from '@zhiyun/contracts';
import { recordEvent, type Tx } from '@zhiyun/store';
import type { ComponentName } from './component-rows.ts';

export interface NamedComponent extends ComponentName {
  name: string;
}

export async function recordJoined(tx: Tx, component: NamedComponent): Promise<void> {
  if (component.type !== 'node-client') await record(tx, component, 'joined');
}

export async function recordStateChange(
  tx: Tx,
  component: NamedComponent,
  change: { from: ComponentState; to: ComponentState },
): Promise<void> {
  if (component.type === 'node-client') return;
  await record(tx, component, 'state-changed', { ...change }, change.to === 'online' ? 'info' : 'warning');
}

/** `clockSkewMs`: how far it is ahead of ours. */
export async function recordClockWrong(tx: Tx, component: NamedComponent, clockSkewMs: number): Promise<void> {
  await record(tx, component, 'clock-wrong', { clockSkewMs }, 'warning');
}

export async function recordRemoved(tx: Tx, component: NamedComponent): Promise<void> {
  await record(tx, component, 'removed');
}

async function record(
  tx: Tx,
  { id, type, name }: NamedComponent,
  what: NamesIn<KindNamed<'component'>, 'events'>,
  data: Event['data'] = {},
  severity: Event['severity'] = 'info',
): Promise<void> {
  const subject = { kind: 'component', id, name: `${type}@${name}` } as const;
  await recordEvent(tx, { kind: `component.${what}`, severity, subject, data: { type, ...data } });
}
