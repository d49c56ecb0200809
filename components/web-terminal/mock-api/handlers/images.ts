import { GiB, type Image, imageIdSchema } from '@zhiyun/contracts';
import { actorOf, imageTarget, type MockUser, type World } from '../db.ts';
import type { Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { type MockStep, startOperation } from '../operations.ts';
import { fits, found, isReference, pageOf, refuseTakenName } from '../paging.ts';

function usedBy(world: World, id: string): number {
  return world.db.instances.filter(({ disks, iso }) => iso?.id === id || disks.some(({ image }) => image?.id === id))
    .length;
}

const imageNow = (world: World, image: Image): Image => ({ ...image, instanceCount: usedBy(world, image.id) });

function newImage(draft: Pick<Image, 'name' | 'description' | 'kind' | 'sizeBytes'>): Image {
  return {
    id: imageIdSchema.parse(crypto.randomUUID()),
    state: 'uploading',
    uploadedBytes: 0,
    format: null,
    virtualSizeBytes: null,
    sha256: null,
    error: null,
    instanceCount: 0,
    storageServer: null,
    uploadUrl: null,
    createdAt: new Date().toISOString(),
    operation: null,
    ...draft,
  };
}

/** By id or name; without, the first. */
function storageServerOf({ db }: World, reference?: string): NonNullable<Image['storageServer']> {
  const server = db.components.find(
    (each) => each.type === 'storage-server' && (reference === undefined || isReference(each, reference)),
  );
  if (!server) throw new MockError('storage-unreachable', 'There is no such Storage Server.');
  return { id: server.id, name: server.name };
}

/** The steps that look into a file that has arrived. The name `image-refused` makes them refuse it. */
function checkSteps(image: Image): MockStep[] {
  const refused = image.name.startsWith('image-refused');
  return [
    {
      name: 'check',
      ...(refused
        ? { fails: { code: 'image-refused', detail: 'The file is neither an ISO nor a disk image that is known.' } }
        : {}),
    },
    {
      name: 'take-in',
      run: () => {
        image.state = 'ready';
        image.format = image.kind === 'iso' ? 'iso9660' : 'qcow2';
        image.virtualSizeBytes = image.kind === 'iso' ? image.sizeBytes : 10 * GiB;
        image.sha256 = 'c0ffee00'.repeat(8);
      },
    },
  ];
}

function check(world: World, image: Image, user: MockUser, pace: number, kind: 'image.check' | 'image.import') {
  image.state = 'checking';
  image.uploadUrl = null;
  const operation = startOperation({
    world,
    user,
    pace,
    kind,
    target: imageTarget(image),
    steps: [...(kind === 'image.import' ? [{ name: 'import', paces: 2 }] : []), ...checkSteps(image)],
    ended: (succeeded) => {
      image.operation = null;
      if (!succeeded) {
        image.state = 'failed';
        image.error = { code: 'image-refused', detail: 'The file is neither an ISO nor a disk image that is known.' };
      }
      world.tell({
        kind: 'image.state-changed',
        severity: succeeded ? 'info' : 'warning',
        subject: imageTarget(image),
        data: { from: 'checking', to: image.state },
      });
    },
  });
  image.operation = operation.id;
  return operation;
}

/** The tus half of an upload has brought bytes; with the last of them the check begins. */
export function bytesArrived(world: World, image: Image, count: number, user: MockUser, pace: number): void {
  image.uploadedBytes += count;
  if (image.uploadedBytes >= image.sizeBytes) check(world, image, user, pace, 'image.check');
}

export const imageHandlers: Some<
  'listImages' | 'createImage' | 'importImage' | 'getImage' | 'updateImage' | 'moveImage' | 'deleteImage'
> = {
  listImages({ query, world }) {
    const { search, kind, state } = query;
    const images = world.db.images.filter(
      (image) =>
        fits(image.name, search) &&
        (kind === undefined || image.kind === kind) &&
        (state === undefined || image.state === state),
    );
    const page = pageOf(images, query, ({ id }) => id);
    return { ...page, items: page.items.map((image) => imageNow(world, image)) };
  },
  createImage({ body, world, user }) {
    refuseTakenName(world.db.images, body.name);
    const { name, description, kind, sizeBytes } = body;
    const image = newImage({ name, description, kind, sizeBytes });
    image.storageServer = storageServerOf(world);
    image.uploadUrl = `/api/v1/images/${image.id}/content`;
    world.db.images.unshift(image);
    world.tell({ kind: 'image.created', subject: imageTarget(image), actor: actorOf(user) });
    return image;
  },
  importImage({ body, world, user, pace }) {
    refuseTakenName(world.db.images, body.name);
    if (body.path.includes('missing')) {
      throw new MockError('invalid-request', `There is no file ${body.path} on the server.`, [
        { path: 'path', message: 'does not exist' },
      ]);
    }
    const { name, description, kind } = body;
    const image = newImage({ name, description, kind, sizeBytes: 640 * 1024 * 1024 });
    image.storageServer = storageServerOf(world, body.storageServer);
    world.db.images.unshift(image);
    return check(world, image, user, pace, 'image.import');
  },
  getImage: ({ params, world }) => imageNow(world, found(world.db.images, params.id, 'image')),
  updateImage({ params, body, world, user }) {
    const image = found(world.db.images, params.id, 'image');
    if (body.name) refuseTakenName(world.db.images, body.name, image.id);
    Object.assign(image, body);
    world.tell({ kind: 'image.changed', subject: imageTarget(image), actor: actorOf(user) });
    return imageNow(world, image);
  },
  moveImage({ params, body, world, user, pace }) {
    const image = found(world.db.images, params.id, 'image');
    const to = storageServerOf(world, body.storageServer);
    if (image.operation) throw new MockError('target-busy', `Another operation works on the image "${image.name}".`);
    if (to.id === image.storageServer?.id) throw new MockError('wrong-state', `The image "${image.name}" is there.`);
    const operation = startOperation({
      world,
      user,
      pace,
      kind: 'image.move',
      target: imageTarget(image),
      steps: [
        { name: 'copy', paces: 3 },
        {
          name: 'switch',
          run: () => {
            image.storageServer = to;
            world.tell({ kind: 'image.moved', subject: imageTarget(image) });
          },
        },
        { name: 'remove-old' },
      ],
      ended: () => {
        image.operation = null;
      },
    });
    image.operation = operation.id;
    return operation;
  },
  deleteImage({ params, world, user, pace }) {
    const image = found(world.db.images, params.id, 'image');
    const count = usedBy(world, image.id);
    if (count > 0) throw new MockError('in-use', `The image "${image.name}" is used by ${count} instances.`);
    if (image.operation) throw new MockError('target-busy', `The image "${image.name}" is being checked.`);
    image.state = 'deleting';
    return startOperation({
      world,
      user,
      pace,
      kind: 'image.delete',
      target: imageTarget(image),
      steps: [
        {
          name: 'remove-bytes',
          run: () => {
            world.db.images = world.db.images.filter(({ id }) => id !== image.id);
            world.tell({ kind: 'image.deleted', subject: imageTarget(image), actor: actorOf(user) });
          },
        },
      ],
    });
  },
};
