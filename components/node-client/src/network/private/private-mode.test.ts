import { networkModeContract } from '../contract.ts';
import { createPrivateMode } from './private-mode.ts';
import { createSimulatedNetwork } from './simulated-network.ts';

networkModeContract('private, simulated', async () => {
  const taps = new Set<string>();
  const agent = () => createPrivateMode(createSimulatedNetwork('abcdef12', taps));
  return {
    mode: agent(),
    taps: async () => [...taps],
    restart: async () => agent(),
    async [Symbol.asyncDispose]() {},
  };
});
