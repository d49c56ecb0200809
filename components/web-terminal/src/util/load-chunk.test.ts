import { expect, it, vi } from 'vitest';
import { ChunkError, type ChunkSurroundings, loadChunk } from './load-chunk.ts';

const around = (draft: Partial<ChunkSurroundings> = {}): ChunkSurroundings => ({
  sleep: async () => {},
  now: () => 1_000_000,
  reloadedAt: () => undefined,
  reload: vi.fn(),
  answers: async () => true,
  busy: () => false,
  ...draft,
});
const cut = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
const settled = (promise: Promise<unknown>) =>
  Promise.race([promise.catch((error: unknown) => error), new Promise((done) => setTimeout(done, 20, 'waits'))]);

it('tries again what was cut off', async () => {
  const load = vi.fn().mockImplementationOnce(cut).mockImplementationOnce(cut).mockResolvedValue('module');
  const surroundings = around();
  await expect(loadChunk(load, surroundings)).resolves.toBe('module');
  expect(surroundings.reload).not.toHaveBeenCalled();
});

it('loads the page anew, once, when the part is not to be had', async () => {
  const first = around();
  expect(await settled(loadChunk(cut, first))).toBe('waits');
  expect(first.reload).toHaveBeenCalledOnce();
  const second = around({ reloadedAt: () => 990_000 });
  expect(await settled(loadChunk(cut, second))).toBeInstanceOf(ChunkError);
  expect(second.reload).not.toHaveBeenCalled();
});

it('stays where it is when the platform does not answer, or an upload runs', async () => {
  for (const surroundings of [around({ answers: async () => false }), around({ busy: () => true })]) {
    expect(await settled(loadChunk(cut, surroundings))).toBeInstanceOf(ChunkError);
    expect(surroundings.reload).not.toHaveBeenCalled();
  }
});
