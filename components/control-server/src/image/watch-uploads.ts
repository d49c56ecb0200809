/**
 * Uploads that nobody watches: one whose last byte arrived while no Control Server could be told is checked, one that has
 * stood still for a day is given up.
 */
import type { Clock } from '@zhiyun/kernel';
import type { Store } from '@zhiyun/store';
import type { Engine } from '@zhiyun/transaction';
import type { BackgroundTask } from '../background/background-tasks.ts';
import type { Peers } from '../peers/peers.ts';
import { beginDeletion } from './image-operations.ts';
import { arrivedBytes, finishUpload } from './uploads.ts';

const abandonedMs = 24 * 3_600_000;

export interface WatchUploadsOptions {
  store: Store;
  peers: Peers;
  engine: Pick<Engine, 'begin'>;
  clock: Clock;
}

export function watchUploads(options: WatchUploadsOptions): BackgroundTask {
  const { store, peers, engine, clock } = options;
  return {
    name: 'watch-uploads',
    periodMs: 10_000,
    async run({ signal }) {
      const counts = { finished: 0, abandoned: 0 };
      const uploads = await store.db.selectFrom('image').selectAll().where('state', '=', 'uploading').execute();
      for (const image of uploads) {
        signal.throwIfAborted();
        const arrived = await arrivedBytes(peers, image);
        if (arrived === image.size_bytes) {
          await finishUpload(options, image.id);
          counts.finished++;
        } else if (arrived !== image.uploaded_bytes) {
          const progress = { uploaded_bytes: arrived, upload_progressed_at: new Date(clock.now()) };
          await store.db.updateTable('image').set(progress).where('id', '=', image.id).execute();
        } else if (clock.now() - (image.upload_progressed_at ?? image.created_at).getTime() > abandonedMs) {
          await beginDeletion(engine, image, { createdBy: null });
          counts.abandoned++;
        }
      }
      return counts;
    },
  };
}
