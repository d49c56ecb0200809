/** A network with IPv6 alone: the domain is founded, its token says where, and another server joins by it. */
import { parseJoinToken } from '@zhiyun/link';
import { createLab, type Lab, labMissing, skippable, waitFor } from '@zhiyun/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { type RunningHost, signIn, startHost } from './src/lab-platform.ts';

const missing = labMissing();
const prefix = 'fd77::';

describe.skipIf(missing)(skippable('servers with IPv6 alone', missing), () => {
  let lab: Lab;
  let founder: RunningHost;

  beforeAll(async () => {
    lab = await createLab({ hosts: ['one', 'two'] });
    for (const [index, host] of lab.hosts.entries()) {
      await host.exec('ip', ['-4', 'address', 'flush', 'dev', 'eth0']);
      await host.exec('ip', ['-6', 'address', 'add', `${prefix}${index + 1}/64`, 'dev', 'eth0', 'nodad']);
    }
    founder = await startHost(lab.host('one'), 'up');
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    onTestFailed(() => console.log(lab.report()));
  });

  it('find each other by the token, and are told as they can be reached', async () => {
    const client = await signIn(founder);
    const { token } = await client.createJoinToken({ body: { roles: ['node-client'] } });
    expect(parseJoinToken(token).dataServers?.map(({ host }) => host)).toEqual([`${prefix}1`]);
    await startHost(lab.host('two'), 'join', '--token', token, '--role', 'node-client');
    const nodes = async () =>
      (await client.listNodes({})).items.filter(({ state }) => state === 'online').map(({ name }) => name);
    await waitFor(async () => (await nodes()).includes('two'), { describe: 'the second node to be online' });
    const { items } = await client.listComponents({});
    const addresses = items.find(({ name, type }) => name === 'two' && type === 'node-client')?.addresses ?? [];
    expect(addresses.join()).toContain(`${prefix}2`);
    // The console, as a browser on the other server would reach it.
    const { port } = new URL(founder.info.url ?? '');
    const page = `https://[${prefix}1]:${port}/`;
    expect(await lab.host('two').exec('curl', ['-s', '--cacert', founder.info.caFile, page])).toContain('<html');
  });
});
