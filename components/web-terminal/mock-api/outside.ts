/**
 * What happens at other machines, beyond the API: `POST /mock/lose/NAME` and `/mock/return/NAME` for all components of that
 * server or for those of one `?type=` (`&ago=SECONDS`: it happened then), and `/mock/join/NAME?token=…&role=a,b`, as the command
 * there would do it; `/mock/hold` and `/mock/go-on` for the work that all of them do; `/mock/hang` and `/mock/wake` for the platform
 * itself, and `/mock/cut-consoles` for the connections of its consoles.
 */
import type { Component, ComponentState, NodeState } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { eventSubject, instanceTarget, type World } from './db.ts';
import { MockError } from './mock-error.ts';
import { componentOn } from './seed-components.ts';

export const outsidePrefix = '/mock/';

const nodeStateOf: Record<ComponentState, NodeState> = { online: 'online', suspect: 'suspect', gone: 'offline' };
const severityOf = { online: 'info', suspect: 'warning', gone: 'error' } as const satisfies Record<
  ComponentState,
  string
>;

function become(world: World, component: Component, to: ComponentState, agoMs = 0): void {
  const { state: from, id } = component;
  if (from === to) return;
  const since = new Date(Date.now() - agoMs).toISOString();
  Object.assign(component, { state: to, since });
  const severity = severityOf[to];
  const data = { from, to, type: component.type };
  const node = world.db.nodes.find((each) => each.id === id);
  if (!node) {
    world.tell({ kind: 'component.state-changed', severity, subject: eventSubject(component), data });
    return;
  }
  const change = { from: node.state, to: nodeStateOf[to] };
  Object.assign(node, { state: change.to, stateSince: since });
  world.tell({ kind: 'node.state-changed', severity, subject: { kind: 'node', id, name: node.name }, data: change });
  for (const instance of world.db.instances) {
    const was = instance.state;
    const next = to === 'gone' ? 'unknown' : to === 'online' && was === 'unknown' ? 'running' : was;
    if (instance.node?.id !== id || was === 'stopped' || was === next) continue;
    Object.assign(instance, { state: next, stateSince: since });
    world.tell({
      kind: 'instance.state-changed',
      subject: instanceTarget(instance),
      data: { from: was, to: next, stopReason: null },
    });
  }
}

function join(world: World, name: string, secret: string, roles: readonly string[]): void {
  const token = world.db.joinTokens.find((each) => each.token === secret);
  const asked = token?.roles.filter((role) => roles.includes(role)) ?? [];
  if (!token || asked.length < roles.length) throw new MockError('join-refused', 'The join token is not good for it.');
  const host = 40 + world.db.components.length;
  const now = new Date().toISOString();
  for (const type of asked) {
    const component = componentOn(host, type, { name, machine: `machine-${name}`, since: now, joinedAt: now });
    world.db.components.push(component);
    if (type === 'node-client') world.tell({ kind: 'node.joined', subject: { kind: 'node', id: component.id, name } });
    else world.tell({ kind: 'component.joined', subject: eventSubject(component), data: { type } });
  }
  if (token.usesLeft !== null) token.usesLeft -= asked.length;
  if (token.usesLeft === 0) world.db.joinTokens = world.db.joinTokens.filter((each) => each !== token);
}

/** A loss takes two paces: suspect, then gone. */
export async function outside(world: World, url: URL, pace: number): Promise<Response> {
  const [what, name = ''] = url.pathname.slice(outsidePrefix.length).split('/').map(decodeURIComponent);
  const type = url.searchParams.get('type') as ComponentType | null;
  const there = world.db.components.filter((each) => each.name === name && (type === null || each.type === type));
  if (what === 'keys') return new Response(world.keys.map((keysym) => keysym.toString(16)).join());
  if (what === 'join') {
    const { searchParams } = url;
    join(world, name, searchParams.get('token') ?? '', (searchParams.get('role') ?? '').split(','));
  } else if (what === 'lose') {
    for (const component of there) become(world, component, 'suspect');
    await new Promise((done) => setTimeout(done, 2 * pace));
    const agoMs = Number(url.searchParams.get('ago') ?? 0) * 1_000;
    for (const component of there) if (component.state === 'suspect') become(world, component, 'gone', agoMs);
  } else if (what === 'return') {
    for (const component of there) become(world, component, 'online');
  } else if (what === 'hold') world.hold();
  else if (what === 'go-on') world.goOn();
  else if (what === 'hang') world.hang();
  else if (what === 'wake') world.wake();
  else if (what === 'cut-consoles') world.cutConsoles();
  else throw new MockError('not-found', `Nothing like "${what}" happens outside.`);
  return new Response(null, { status: 204 });
}
