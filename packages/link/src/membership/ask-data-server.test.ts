import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@zhiyun/kernel';
import { expect, test } from 'vitest';
import { startSmallDataServer } from '../testing/small-data-server.ts';
import { TestMembers } from '../testing/test-member.ts';
import { askDataServer } from './ask-data-server.ts';
import { forgetIdentity, readMembership } from './identity.ts';

test('a host asks before it is a member: it joins once, then is known', async () => {
  await using dataServer = await startSmallDataServer();
  await using members = new TestMembers();
  const { token, domainId } = dataServer;
  const options = await members.options('control-server', { dataServers: [dataServer.address] });
  expect(await readMembership(options.home, 'control-server')).toBeUndefined();
  expect(await readdir(options.home)).toEqual([]);
  await expect(askDataServer(options, async () => 1)).rejects.toThrow('join token is needed');

  const url = 'postgresql://db.example/zhiyun';
  expect(await askDataServer({ ...options, token }, (asked) => asked.databaseAccess({}))).toEqual({ url });
  expect(await askDataServer(options, (asked) => asked.databaseAccess({}))).toEqual({ url });
  expect(dataServer.joins).toBe(1);
  const refused = askDataServer(options, async () => {
    throw new PlatformError('database-private', 'Move it.');
  });
  await expect(refused).rejects.toMatchObject({ code: 'database-private' });
  expect(await readMembership(options.home, 'control-server')).toMatchObject({
    domain: { id: domainId, name: 'test' },
  });

  await forgetIdentity(options.home, 'control-server');
  await forgetIdentity(options.home, 'control-server');
  expect(await readMembership(options.home, 'control-server')).toBeUndefined();
  expect(await readdir(join(options.home, 'control-server'))).toEqual([expect.stringMatching(/^identity-left-/)]);
  await expect(askDataServer(options, async () => 1)).rejects.toThrow('join token is needed');
});

test('the network is asked when the known address is silent', async () => {
  await using dataServer = await startSmallDataServer();
  await using members = new TestMembers();
  const options = await members.options('control-server', { token: dataServer.tokenFor([]) });
  await expect(askDataServer(options, async () => 1)).rejects.toMatchObject({ code: 'unavailable' });
  const discover = async () => [{ host: '127.0.0.1', port: 1 }, dataServer.address];
  expect(await askDataServer({ ...options, discover }, async () => 1)).toBe(1);
});
