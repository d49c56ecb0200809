/**
 * Garbage collection of image bytes without a row: of images deleted while their Storage Server was away, and copies
 * left by a move. A row is written before its bytes and deleted after them, so bytes without a row are garbage.
 */
import type { ImageId } from '@zhiyun/contracts';
import { storageServerLink } from '@zhiyun/contracts/links';
import type { Member } from '@zhiyun/link';
import type { Store } from '@zhiyun/store';
import type { BackgroundTask } from '../background/background-tasks.ts';

const batch = 1_000;

export interface SweepImagesOptions {
  store: Store;
  member: Pick<Member, 'onlinePeers'>;
}

export function sweepImages({ store, member }: SweepImagesOptions): BackgroundTask {
  async function known(ids: readonly ImageId[]): Promise<Set<ImageId>> {
    const rows = await store.db.selectFrom('image').select('id').where('id', 'in', ids).execute();
    return new Set(rows.map(({ id }) => id));
  }
  return {
    name: 'sweep-images',
    periodMs: 60_000,
    async run({ signal }) {
      let removed = 0;
      for (const peer of member.onlinePeers('storage-server')) {
        const storage = peer.as(storageServerLink);
        const { images, uploads } = await storage.listImages({}, { signal });
        const held = [...new Set([...images, ...uploads])];
        for (let at = 0; at < held.length; at += batch) {
          const part = held.slice(at, at + batch);
          const wanted = await known(part);
          for (const imageId of part.filter((id) => !wanted.has(id))) {
            await storage.removeImage({ imageId }, { signal });
            removed++;
          }
        }
      }
      return { removed };
    },
  };
}
