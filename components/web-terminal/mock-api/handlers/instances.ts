import {
  batchNames,
  diskIdSchema,
  type Fault,
  type InstanceAction,
  type InstanceDetail,
  type InstanceState,
  instanceCan,
  instanceIdSchema,
  mostCounted,
  type Operation,
  type OperationKind,
  type StopReason,
} from '@zhiyun/contracts';
import { actorOf, instanceTarget, type World } from '../db.ts';
import type { MockRequest, Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { type MockStep, startOperation } from '../operations.ts';
import { fits, found, isReference, pageOf, refuseTakenName } from '../paging.ts';
import { instanceUsage } from '../samples.ts';
import { screenshot } from '../screen.ts';
import { batch } from './batch.ts';
import { placeInstance } from './create-plan.ts';

type Context = Pick<MockRequest, 'world' | 'user' | 'pace'>;
const now = () => new Date().toISOString();

function become(
  world: World,
  instance: InstanceDetail,
  state: InstanceState,
  stopReason: StopReason | null = null,
): void {
  const from = instance.state;
  Object.assign(instance, { state, stateSince: now(), stopReason, stopDetail: null });
  if (state === 'running') instance.address ??= '10.77.9.9';
  if (state === 'stopped') instance.address = null;
  world.tell({
    kind: 'instance.state-changed',
    subject: instanceTarget(instance),
    data: { from, to: state, stopReason },
  });
}

function held(world: World, id: string): InstanceDetail {
  return found(world.db.instances, id, 'instance');
}

/** The instance, if the action may be done with it now. */
function ready(world: World, id: string, action: InstanceAction): InstanceDetail {
  const instance = held(world, id);
  if (instance.operation) {
    throw new MockError(
      'target-busy',
      `The instance "${instance.name}" is being worked on by operation ${instance.operation}.`,
    );
  }
  if (!instanceCan(action, instance.state)) {
    throw new MockError(
      'wrong-state',
      `The instance "${instance.name}" is ${instance.state}; ${action} is not possible.`,
    );
  }
  return instance;
}

function work(context: Context, instance: InstanceDetail, kind: OperationKind, steps: MockStep[]): Operation {
  const operation = startOperation({
    ...context,
    kind,
    target: instanceTarget(instance),
    steps,
    ended: () => {
      instance.operation = null;
    },
  });
  instance.operation = operation.id;
  return operation;
}

/** The error paths by name. */
function faultOf(name: string, action: string): Fault | undefined {
  if (name.startsWith('launch-failed') && action === 'start')
    return { code: 'launch-failed', detail: 'QEMU ended at once: no space for its memory.' };
  if (name.startsWith('deaf') && action === 'stop')
    return { code: 'shutdown-timeout', detail: 'The guest did not shut down within 90 seconds.' };
  return undefined;
}

/** Start, stop and the like: through one state into another. */
function change(
  context: Context,
  id: string,
  action: 'start' | 'stop' | 'kill' | 'reboot' | 'reset',
  through: InstanceState,
  to: InstanceState,
  reason: StopReason | null = null,
): Operation {
  const { world } = context;
  const instance = ready(world, id, action);
  if (instance.name === 'cut-live-feed') world.cutFeeds(15_000);
  const before = instance.state;
  if (through !== before) become(world, instance, through);
  const fault = faultOf(instance.name, action);
  return work(context, instance, `instance.${action}`, [
    {
      name: action === 'stop' ? 'shut-down' : action,
      paces: 2,
      run: () => become(world, instance, to, reason),
      undo: () => become(world, instance, before, fault?.code === 'launch-failed' ? 'launch-failed' : null),
      ...(fault ? { fails: fault } : {}),
    },
  ]);
}

export const instanceHandlers: Some<
  | 'listInstances'
  | 'createInstance'
  | 'createInstances'
  | 'startInstances'
  | 'stopInstances'
  | 'deleteInstances'
  | 'getInstance'
  | 'updateInstance'
  | 'deleteInstance'
  | 'startInstance'
  | 'stopInstance'
  | 'killInstance'
  | 'rebootInstance'
  | 'resetInstance'
  | 'getInstanceUsage'
  | 'listInstanceMoves'
  | 'getScreenshot'
  | 'createDisplayTicket'
  | 'createSerialTicket'
> = {
  listInstances({ query, world: { db } }) {
    const { search, state, computePool, node, image, sort } = query;
    const items = db.instances.filter(
      (instance) =>
        [instance.name, instance.address, instance.macAddress, instance.id].some((each) => fits(each ?? '', search)) &&
        (state === undefined || instance.state === state) &&
        isReference(instance.computePool, computePool) &&
        (node === undefined || (instance.node !== null && isReference(instance.node, node))) &&
        (image === undefined || instance.disks.some((disk) => disk.image && isReference(disk.image, image))),
    );
    // The array is kept newest first, which is the default.
    if (sort === 'createdAt') items.reverse();
    if (sort === 'name') items.sort((a, b) => a.name.localeCompare(b.name));
    if (sort === '-name') items.sort((a, b) => b.name.localeCompare(a.name));
    const page = pageOf(items, query, ({ id }) => id);
    return query.total ? { ...page, total: Math.min(items.length, mostCounted) } : page;
  },
  createInstance(request) {
    const { body, world } = request;
    refuseTakenName(world.db.instances, body.name);
    const { pool, node, placement, iso, disks } = placeInstance(body, world.db);
    const instance: InstanceDetail = {
      id: instanceIdSchema.parse(crypto.randomUUID()),
      name: body.name,
      computePool: { id: pool.id, name: pool.name },
      node: null,
      state: 'creating',
      stateSince: now(),
      stopReason: null,
      stopDetail: null,
      condition: null,
      boot: { first: body.boot?.first ?? 'disk', menu: body.boot?.menu ?? false },
      cores: body.cores,
      memoryBytes: body.memoryBytes,
      disks: disks.map((disk) => ({ id: diskIdSchema.parse(crypto.randomUUID()), ...disk })),
      iso,
      address: null,
      macAddress: '52:54:00:99:00:01',
      createdAt: now(),
      operation: null,
      placement: [],
    };
    world.db.instances.unshift(instance);
    world.tell({ kind: 'instance.created', subject: instanceTarget(instance), actor: actorOf(request.user) });
    const forget = () => {
      world.db.instances = world.db.instances.filter(({ id }) => id !== instance.id);
      world.tell({ kind: 'instance.deleted', subject: instanceTarget(instance) });
    };
    const fails = body.name.startsWith('launch-failed');
    const slow = body.name.startsWith('slow') ? 8 : 1;
    const steps: MockStep[] = [
      {
        name: 'prepare',
        paces: 3 * slow,
        run: () => {
          Object.assign(instance, { node: { id: node.id, name: node.name }, placement });
          if (!body.start) become(world, instance, 'stopped', 'never-started');
        },
        undo: forget,
        undoFails: body.name.startsWith('stuck'),
      },
    ];
    if (body.start) {
      steps.push({
        name: 'start',
        run: () => become(world, instance, 'running'),
        ...(fails || body.name.startsWith('stuck')
          ? { fails: { code: 'launch-failed', detail: 'QEMU ended at once: cannot set up guest memory "pc.ram".' } }
          : {}),
      });
    }
    return startOperation({
      ...request,
      kind: 'instance.create',
      target: instanceTarget(instance),
      cancellable: true,
      steps,
      ended: () => {
        instance.operation = null;
      },
    });
  },
  createInstances(request) {
    const { count, nameRule, names, firstNumber, ...body } = request.body;
    const all = batchNames(request.body);
    for (const name of all) refuseTakenName(request.world.db.instances, name);
    return batch(request, 'instance.create-batch', all, (name) =>
      instanceHandlers.createInstance({ ...request, body: { ...body, name } }),
    );
  },
  startInstances: (request) =>
    batch(request, 'instance.start-batch', request.body.instances, (id) =>
      instanceHandlers.startInstance({ ...request, params: { id } }),
    ),
  stopInstances: (request) =>
    batch(request, 'instance.stop-batch', request.body.instances, (id) =>
      instanceHandlers.stopInstance({ ...request, params: { id } }),
    ),
  deleteInstances: (request) =>
    batch(request, 'instance.delete-batch', request.body.instances, (id) =>
      instanceHandlers.deleteInstance({ ...request, body: undefined, params: { id } }),
    ),
  getInstance({ params, world, token }) {
    const instance = held(world, params.id);
    if (instance.name === 'session-expired') {
      world.db.sessions = world.db.sessions.filter((session) => session.token !== token);
      throw new MockError('not-authenticated', 'The session has ended; sign in again.');
    }
    return instance;
  },
  updateInstance({ params, body, world, user }) {
    const instance = held(world, params.id);
    Object.assign(instance.boot, body.boot);
    if (body.name !== undefined && body.name !== instance.name) {
      refuseTakenName(world.db.instances, body.name, instance.id);
      const from = instance.name;
      instance.name = body.name;
      world.tell({
        kind: 'instance.renamed',
        subject: instanceTarget(instance),
        data: { from, to: body.name },
        actor: actorOf(user),
      });
    }
    return instance;
  },
  deleteInstance(request) {
    const { params, world } = request;
    const instance = ready(world, params.id, 'delete');
    become(world, instance, 'deleting');
    return work(request, instance, 'instance.delete', [
      { name: 'remove', paces: 2 },
      {
        name: 'forget',
        run: () => {
          world.db.instances = world.db.instances.filter(({ id }) => id !== instance.id);
          world.tell({ kind: 'instance.deleted', subject: instanceTarget(instance), actor: actorOf(request.user) });
        },
      },
    ]);
  },
  startInstance: (request) => change(request, request.params.id, 'start', 'starting', 'running'),
  stopInstance: (request) => change(request, request.params.id, 'stop', 'stopping', 'stopped', 'requested'),
  killInstance: (request) => change(request, request.params.id, 'kill', 'stopping', 'stopped', 'killed'),
  rebootInstance: (request) => change(request, request.params.id, 'reboot', 'rebooting', 'running'),
  resetInstance: (request) => change(request, request.params.id, 'reset', 'running', 'running'),
  getInstanceUsage({ params, world }) {
    const instance = held(world, params.id);
    return { items: instance.state === 'running' ? instanceUsage(instance.id, instance.memoryBytes, Date.now()) : [] };
  },
  listInstanceMoves({ params, world }) {
    const { state: to, stateSince: at, stopReason, node } = held(world, params.id);
    const known = { from: null, to, stopReason, at, until: null, cause: 'report' as const, operation: null };
    return { items: [{ ...known, move: 1, nodeId: node?.id ?? null }], nextCursor: null };
  },
  getScreenshot({ params, world }) {
    ready(world, params.id, 'screenshot');
    return screenshot();
  },
  createDisplayTicket: ({ params, world }) => ticket(world, params.id, 'display'),
  createSerialTicket: ({ params, world }) => ticket(world, params.id, 'serial'),
};

function ticket(world: World, id: string, kind: 'display' | 'serial') {
  const instance = ready(world, id, kind);
  const name = crypto.randomUUID();
  world.db.tickets.push({ ticket: name, kind, instanceName: instance.name });
  return { url: `/api/v1/consoles/${kind}/${name}`, expiresAt: new Date(Date.now() + 30_000).toISOString() };
}
