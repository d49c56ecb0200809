/** Components, the links between them, and their removal. */
import { type Component, lostAfterSeconds } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { componentTarget, eventSubject, type World } from '../db.ts';
import type { Some } from '../handler.ts';
import { linksBetween } from '../links.ts';
import { MockError } from '../mock-error.ts';
import { startOperation } from '../operations.ts';
import { fits, isReference, pageOf } from '../paging.ts';

const indispensable: readonly ComponentType[] = ['control-server', 'data-server', 'http-gateway'];

/** All components of one server are called as it is. */
function componentOf({ db }: World, reference: string): Component {
  const [component, another] = db.components.filter((each) => isReference(each, reference));
  if (!component) throw new MockError('not-found', `There is no component "${reference}".`);
  if (another) throw new MockError('ambiguous-name', `Several components are called "${reference}"; use the id.`);
  return component;
}

function refuse({ db }: World, { id, name, type, state, since }: Component, lost: boolean): void {
  if (lost && (state !== 'gone' || Date.now() - Date.parse(since) < lostAfterSeconds * 1_000))
    throw new MockError('wrong-state', `The ${type} "${name}" is not lost.`);
  const others = db.components.filter((each) => each.type === type && each.id !== id && each.state === 'online');
  if (state !== 'gone' && indispensable.includes(type) && others.length === 0) {
    throw new MockError('in-use', `The ${type} "${name}" is the last one that is online.`);
  }
  const held = db.instances.filter(({ node }) => node?.id === id).length;
  if (held > 0 && !lost) throw new MockError('in-use', `The node "${name}" holds ${held} instances.`);
}

function forget({ db }: World, { id }: Component): void {
  db.components = db.components.filter((each) => each.id !== id);
  db.nodes = db.nodes.filter((each) => each.id !== id);
  for (const instance of db.instances.filter(({ node }) => node?.id === id))
    Object.assign(instance, { state: 'lost', node: null, stopReason: null, stateSince: new Date().toISOString() });
}

export const componentHandlers: Some<'listComponents' | 'getComponent' | 'removeComponent' | 'listLinks'> = {
  listComponents({ query, world: { db } }) {
    const { type, state, search } = query;
    const components = db.components.filter(
      (each) =>
        (type === undefined || each.type === type) &&
        (state === undefined || each.state === state) &&
        fits(each.name, search),
    );
    return pageOf(components, query, ({ id }) => id);
  },
  getComponent: ({ params, world }) => componentOf(world, params.id),
  removeComponent({ params, body, world, user, pace }) {
    const component = componentOf(world, params.id);
    refuse(world, component, body.lost);
    return startOperation({
      world,
      user,
      pace,
      kind: 'component.remove',
      target: componentTarget(component),
      steps: [
        { name: 'hold' },
        { name: 'drain', paces: 3 },
        {
          name: 'cut-off',
          run: () =>
            world.tell({
              kind: 'component.removed',
              subject: eventSubject(component),
              data: { type: component.type },
            }),
        },
        { name: 'forget', run: () => forget(world, component) },
      ],
    });
  },
  listLinks({ query, world }) {
    const { components } = world.db;
    const { component: reference, state } = query;
    const one = reference === undefined ? undefined : componentOf(world, reference);
    const links = one
      ? [...linksBetween([one], components), ...linksBetween(components, [one])]
      : linksBetween(components, components);
    const wanted = state === undefined ? links : links.filter((link) => link.state === state);
    return pageOf(wanted, query, ({ from, to }) => `${from} ${to}`);
  },
};
