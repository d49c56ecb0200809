import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Story } from '../src/story.ts';

/** Begins with boot code and an empty partition table. */
function disk(): Buffer {
  const bytes = Buffer.alloc(1024 ** 2);
  bytes.write('\xfa\x31\xc0\x8e\xd8', 'latin1');
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

export const story: Story = {
  title: 'A Storage Server is removed: its images go to another first',
  world: { controlServers: ['control-1'], storageServers: ['storage-1', 'storage-2'], nodes: {} },
  async tell({ rest, directory, say, ended }) {
    const path = join(directory, 'debian');
    await writeFile(path, disk());
    await say('an image is imported');
    await ended(await rest.importImage({ body: { name: 'debian', kind: 'disk', path } }));
    const keeper = async () => (await rest.getImage({ params: { id: 'debian' } })).storageServer;
    const before = await keeper();
    await say('its Storage Server is removed');
    await ended(await rest.removeComponent({ params: { id: before?.id ?? '' }, body: {} }));
    const after = await keeper();
    await say(`the image is ${after && after.id !== before?.id ? 'with the other one' : 'where it was'}`);
  },
};
