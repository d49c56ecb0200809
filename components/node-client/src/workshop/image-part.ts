/** Images of an instance in the node's cache. They are shared: only an order to forget one removes it. */
import type { NodeImage } from '@zhiyun/contracts/links';
import type { ImageCache } from '../image/image-cache.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import type { Part } from './part.ts';

export function imagePart(images: ImageCache): Part {
  return {
    name: 'images',
    /** Progress counts bytes over all images. */
    async ensure(entry, { signal, onProgress }) {
      const wanted = imagesOf(entry);
      const total = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      let before = 0;
      for (const image of wanted) {
        await images.ensure(image, {
          signal,
          onProgress: (fraction) => onProgress((before + fraction * image.sizeBytes) / total),
        });
        before += image.sizeBytes;
      }
      return {};
    },
    remove: async () => {},
    adopt: async () => ({}),
  };
}

export function imagesOf({ config }: LedgerEntry): NodeImage[] {
  const images = [...config.disks.map(({ image }) => image), config.iso].filter((image) => image !== null);
  return [...new Map(images.map((image) => [image.id, image])).values()];
}
