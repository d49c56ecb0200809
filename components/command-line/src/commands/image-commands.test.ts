import { expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const operation = {
  id: 'o1',
  kind: 'image.move',
  state: 'succeeded',
  target: { kind: 'image', id: 'i1', name: 'debian' },
  error: null,
};

test('an image is moved to the Storage Server that is named', async () => {
  const { out, asked } = await runCli(['image', 'move', 'debian', '--to', 'rack2'], () => ({
    status: 202,
    body: operation,
  }));
  expect(asked).toEqual([{ call: 'POST /images/debian/move', body: { storageServer: 'rack2' } }]);
  expect(out).toBe('image.move debian: succeeded (operation o1)\n');
  expect(await runCli(['image', 'move', 'debian'], () => ({}))).toMatchObject({ code: 2, asked: [] });
});

test('an import says on whose machine the file is, where it was said', async () => {
  const imported = ['image', 'import', '/srv/debian.qcow2'];
  const answer = () => ({ status: 202, body: operation });
  const body = { name: 'debian', kind: 'disk', path: '/srv/debian.qcow2' };
  expect((await runCli(imported, answer)).asked[0]?.body).toEqual(body);
  const there = await runCli([...imported, '--storage-server', 'rack2'], answer);
  expect(there.asked[0]?.body).toEqual({ ...body, storageServer: 'rack2' });
});
