/** What an administrator does about another program's firewall that drops packets of guests. Pure. */
import { guestInterfacePrefix, type Sentence, say } from '@zhiyun/contracts';
import type { Obstacle } from './firewall-probe.ts';

export function mendOf(
  { family, table, chain, tool }: Obstacle,
  hook: 'forward' | 'input',
  shortNodeId: string,
): Sentence {
  // Before there is a node nobody knows more of their names.
  const interfaces = shortNodeId === '' ? 'zy' : guestInterfacePrefix(shortNodeId);
  const directions = hook === 'forward' ? (['i', 'o'] as const) : (['i'] as const);
  switch (tool) {
    case 'firewalld':
      return say('network.mend.firewalld', { interfaces });
    case 'ufw':
      return say('network.mend.ufw', { interfaces });
    case 'iptables': {
      const commands = directions.map((direction) => `iptables -I ${chain} -${direction} ${interfaces}+ -j ACCEPT`);
      return say('network.mend.iptables', { command: commands.join(' && ') });
    }
    case 'nft': {
      const rule = `insert rule ${family} ${table} ${chain}`;
      const commands = directions.map((direction) => `nft '${rule} ${direction}ifname "${interfaces}*" accept'`);
      return say('network.mend.nft', { command: commands.join(' && ') });
    }
  }
}
