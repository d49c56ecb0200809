/** Checks a new instance against the pool, the images and the room there is, and finds it a node. */
import {
  type ComputePool,
  type CreateInstance,
  defaultComputePoolName,
  formatBytes,
  type Image,
  type InstanceDetail,
  type Node,
  type PlacementCandidate,
} from '@zhiyun/contracts';
import { nodesNow } from '../capacity.ts';
import type { Db } from '../db.ts';
import { MockError } from '../mock-error.ts';
import { referenced } from '../paging.ts';

export interface CreatePlan {
  pool: ComputePool;
  node: Node;
  placement: PlacementCandidate[];
  iso: InstanceDetail['iso'];
  disks: Omit<InstanceDetail['disks'][number], 'id'>[];
}

function imageFor(db: Db, reference: string, kind: Image['kind'], path: string): Image {
  const image = referenced(db.images, reference, 'image', path);
  if (image.kind !== kind) {
    const message =
      kind === 'iso' ? 'is a disk image; an ISO is wanted here' : 'is an ISO; a disk image is wanted here';
    throw new MockError('image-wrong-kind', `The image "${image.name}" is of another kind.`, [{ path, message }]);
  }
  if (image.state !== 'ready') throw new MockError('image-not-ready', `The image "${image.name}" is ${image.state}.`);
  return image;
}

function shortage(node: Node, wanted: Pick<CreateInstance, 'cores' | 'memoryBytes'>, name: string): string | null {
  if (node.state === 'offline') return `${node.name}: offline`;
  if (!node.schedulable) return `${node.name}: takes no new instances`;
  const { cores, memoryBytes } = node.capacity;
  const coresShort = wanted.cores - (cores.total - cores.promised);
  if (coresShort > 0) return `${node.name}: ${coresShort} cores short`;
  const memoryShort = wanted.memoryBytes - (memoryBytes.total - memoryBytes.promised);
  if (memoryShort > 0) return `${node.name}: ${formatBytes(memoryShort)} of memory short`;
  return name.startsWith('insufficient-capacity') ? `${node.name}: 1.2 GiB of memory short` : null;
}

export function placeInstance(body: CreateInstance, db: Db): CreatePlan {
  const pool = referenced(db.pools, body.computePool ?? defaultComputePoolName, 'compute pool', 'computePool');
  const iso = body.iso ? imageFor(db, body.iso, 'iso', 'iso') : null;
  const disks = (body.disks ?? []).map(({ sizeBytes, image: reference }, index) => {
    const image = reference ? imageFor(db, reference, 'disk', `disks.${index}.image`) : null;
    const least = image?.virtualSizeBytes ?? 0;
    if (sizeBytes < least) {
      throw new MockError('invalid-request', 'The disk is smaller than its image.', [
        { path: `disks.${index}.sizeBytes`, message: `must be at least ${formatBytes(least)}` },
      ]);
    }
    return { sizeBytes, image: image && { id: image.id, name: image.name } };
  });
  const nodes = db.nodes.filter(({ computePool }) => computePool?.id === pool.id);
  const placement = nodesNow(db, nodes)
    .map((node): PlacementCandidate & { found: Node } => {
      const reason = shortage(node, body, body.name);
      return {
        node: { id: node.id, name: node.name },
        score: reason ? null : 1 - (node.load?.cpu ?? 1),
        reason,
        found: node,
      };
    })
    .sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
  const [best] = placement;
  if (!best || best.score === null) {
    const reasons = placement.map(({ reason }) => reason).join('; ') || 'it has no nodes';
    throw new MockError('insufficient-capacity', `The pool "${pool.name}" cannot hold it: ${reasons}.`);
  }
  return {
    pool,
    node: best.found,
    placement: placement.map(({ found: _, ...candidate }) => candidate),
    iso: iso && { id: iso.id, name: iso.name },
    disks,
  };
}
