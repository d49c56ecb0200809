import { GiB } from '@zhiyun/contracts';
import type { Story } from '../src/story.ts';

export const story: Story = {
  title:
    'The Control Server that creates an instance is killed while the machine starts: another takes the operation over',
  world: { controlServers: ['control-1', 'control-2'], nodes: { 'node-1': {} }, launchMs: 3_000 },
  async tell({ rest, say, until, ended, killControlServer, runnerOf }) {
    await say('web-1 is created');
    const operation = await rest.createInstance({ body: { name: 'web-1', cores: 1, memoryBytes: 1 * GiB } });
    await until('its machine starts', async () => {
      const { steps } = await rest.getOperation({ params: { id: operation.id } });
      return steps.some(({ name, state }) => name === 'start' && state === 'running');
    });
    await say('the Control Server that does it is killed');
    await killControlServer(await runnerOf(operation));
    await ended(operation);
    const { state } = await rest.getInstance({ params: { id: 'web-1' } });
    await say(`web-1 is ${state}`);
  },
};
