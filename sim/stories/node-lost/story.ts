import { GiB } from '@zhiyun/contracts';
import type { Story } from '../src/story.ts';

export const story: Story = {
  title: 'A node is cut off, and comes back: nothing is started elsewhere, and what runs there is known again',
  world: { controlServers: ['control-1'], nodes: { 'node-1': {} } },
  async tell({ rest, say, pass, ended, cut, heal }) {
    await say('web-1 is created');
    await ended(await rest.createInstance({ body: { name: 'web-1', cores: 1, memoryBytes: 1 * GiB } }));
    await say('the network to node-1 breaks');
    cut('control-1', 'node-1');
    await pass(12);
    await say('it is healed');
    heal('control-1', 'node-1');
    await pass(5);
  },
};
