/** The identity of a component as the first release kept it, `golden/identity`, is still its identity. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openIdentity, readMembership } from './identity.ts';

const golden = join(import.meta.dirname, 'golden/identity');
const id = '01a22106-b192-7143-b7d6-e758aede81fa';

async function inOldHome(body: (home: string, directory: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'zhiyun-identity-'));
  try {
    const directory = join(home, 'node-client/identity');
    await cp(golden, directory, { recursive: true });
    await body(home, directory);
  } finally {
    await rm(home, { recursive: true });
  }
}

test('it is read, and kept with its version', async () => {
  await inOldHome(async (home, directory) => {
    const identity = await openIdentity(home, 'node-client');
    expect(identity.id).toBe(id);
    expect(await identity.port()).toBe(46585);
    expect(await identity.dataServers()).toEqual([
      { hosts: ['192.0.2.2'], port: 8444, machine: expect.stringContaining('/') },
    ]);
    const membership = await identity.membership();
    if (!membership) throw new Error('it has no membership');
    expect(membership).toMatchObject({ domain: { name: 'zhiyun' } });
    expect(await readMembership(home, 'node-client')).toEqual({ id, domain: membership.domain });
    await identity.keepMembership(membership);
    expect(JSON.parse(await readFile(join(directory, 'membership.json'), 'utf8'))).toEqual({
      version: 1,
      ...membership,
    });
  });
});

test('one of a newer release is not taken for none: no second identity is made', async () => {
  await inOldHome(async (home, directory) => {
    const newer = JSON.stringify({ version: 2, id, keys: [] });
    await writeFile(join(directory, 'identity.json'), newer);
    await expect(openIdentity(home, 'node-client')).rejects.toMatchObject({ code: 'newer-version' });
    expect(await readFile(join(directory, 'identity.json'), 'utf8')).toBe(newer);
  });
});
