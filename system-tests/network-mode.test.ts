/** Private mode on a real kernel passes the contract of network modes. */
import { type AskedMode, networkModeContract } from '@zhiyun/node-client/network/testing';
import { skippable } from '@zhiyun/testkit';
import { describe } from 'vitest';
import { labMissing, NetworkLab, shortId } from './network-lab.ts';

const missing = labMissing();

describe.skipIf(missing)(skippable('in the kernel', missing), () => {
  networkModeContract('private', async () => {
    const lab = new NetworkLab();
    lab.startAgent();
    /** Asked in the agent, which lives in the namespace of the node. */
    const ask =
      (method: Exclude<keyof AskedMode, 'name'>) =>
      async (...parameters: unknown[]) =>
        (await lab.order({ kind: 'mode', method, parameters })).result;
    const methods = ['claim', 'hold', 'release', 'port', 'open', 'setUp', 'tearDown', 'isUp', 'counters'] as const;
    const mode = {
      name: 'private',
      ...Object.fromEntries(methods.map((method) => [method, ask(method)])),
    } as AskedMode;
    return {
      mode,
      async taps() {
        const links = JSON.parse(lab.in(lab.host, 'ip', ['-json', 'link', 'show'])) as { ifname: string }[];
        return links.map(({ ifname }) => ifname).filter((name) => name.startsWith(`zy${shortId}-`));
      },
      async restart() {
        await lab.killAgent();
        lab.startAgent();
        return mode;
      },
      [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
    };
  });
});
