/**
 * Layout of `<home>/node-client`. Everything is named by ids. What is being made or removed has a distinct name: only
 * that may ever be garbage-collected.
 */
import { join } from 'node:path';
import type { ImageId, InstanceId } from '@zhiyun/contracts';

export interface NodePaths {
  readonly root: string;
  readonly ledger: string;
  readonly instances: string;
  readonly images: string;
  readonly network: string;
  instance(id: InstanceId): string;
  /** Its directory while it is being made or removed. */
  unfinishedInstance(id: InstanceId): string;
  image(id: ImageId): string;
}

export const unfinishedSuffix = '.unfinished';

export function nodePaths(home: string): NodePaths {
  const root = join(home, 'node-client');
  const instances = join(root, 'instances');
  const images = join(root, 'images');
  const instance = (id: InstanceId) => join(instances, id);
  return {
    root,
    ledger: join(root, 'ledger'),
    instances,
    images,
    network: join(root, 'network'),
    instance,
    unfinishedInstance: (id) => `${instance(id)}${unfinishedSuffix}`,
    image: (id) => join(images, id),
  };
}
