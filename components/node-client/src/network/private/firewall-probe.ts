/**
 * Simulates guests' packets against other programs' firewall rules: a packet dropped by any chain of a hook is lost,
 * whatever our rules say. Pure. Unknown matches count as not matching, so only certain drops are reported.
 */
import type { NftChain, NftRule } from './nft-json.ts';

/** What a packet of a guest is to an administrator's rules. */
export interface ProbePacket {
  hook: 'forward' | 'input';
  iifname?: string;
  oifname?: string;
  protocol: 'udp' | 'tcp';
  dport: number;
  ctState: 'new' | 'established';
}

export interface Obstacle {
  family: string;
  table: string;
  chain: string;
  /** Whose it is: each has its own place for exceptions. */
  tool: 'firewalld' | 'ufw' | 'iptables' | 'nft';
}

type Verdict = 'accept' | 'drop' | 'return' | 'go-on';
type Expression = Record<string, unknown>;

const maxDepth = 16;

/** The base chains that drop the packet. */
export function obstaclesTo(packet: ProbePacket, chains: readonly NftChain[], rules: readonly NftRule[]): Obstacle[] {
  const byChain = Map.groupBy(rules, ({ family, table, chain }) => `${family} ${table} ${chain}`);
  const walk = (family: string, table: string, chain: string, depth: number): Verdict => {
    if (depth > maxDepth) return 'go-on';
    for (const { expr } of byChain.get(`${family} ${table} ${chain}`) ?? []) {
      const verdict = tryRule(expr as Expression[], packet, (target) => walk(family, table, target, depth + 1));
      if (verdict !== 'go-on') return verdict;
    }
    return 'go-on';
  };
  return chains.flatMap(({ family, table, name, hook, type, policy }) => {
    if (hook !== packet.hook || type !== 'filter' || (family !== 'ip' && family !== 'inet')) return [];
    const verdict = walk(family, table, name, 0);
    const drops = verdict === 'drop' || (verdict !== 'accept' && policy === 'drop');
    return drops ? [{ family, table, chain: name, tool: toolOf(table, name, chains) }] : [];
  });
}

function toolOf(table: string, chain: string, chains: readonly NftChain[]): Obstacle['tool'] {
  if (table === 'firewalld') return 'firewalld';
  // Chains in capitals are those of iptables.
  if (table !== 'filter' || chain !== chain.toUpperCase()) return 'nft';
  return chains.some(({ name }) => name.startsWith('ufw-')) ? 'ufw' : 'iptables';
}

function tryRule(expr: readonly Expression[], packet: ProbePacket, jump: (chain: string) => Verdict): Verdict {
  for (const expression of expr) {
    const [kind] = Object.keys(expression);
    const body = expression[kind ?? ''] as Expression | null;
    switch (kind) {
      case 'match':
        if (!matches(body ?? {}, packet)) return 'go-on';
        break;
      case 'accept':
        return 'accept';
      case 'drop':
      case 'reject':
        return 'drop';
      case 'return':
        return 'return';
      case 'jump':
      case 'goto': {
        const verdict = jump(String(body?.target));
        if (verdict === 'accept' || verdict === 'drop') return verdict;
        return kind === 'goto' ? 'return' : 'go-on';
      }
      case 'vmap':
        return 'go-on';
      case 'counter':
      case 'log':
      case 'mangle':
      case 'limit':
        break;
      case 'xt':
        // A match or target of iptables that nft does not translate; LOG and the like decide nothing either.
        return 'go-on';
    }
  }
  return 'go-on';
}

function matches({ op, left, right }: Expression, packet: ProbePacket): boolean {
  const value = fieldOf(left as Expression, packet);
  // Of something else than what we know of the packet.
  if (value === undefined) return false;
  const equal = candidatesOf(right).some((candidate) => isLike(value, candidate));
  return op === '!=' ? !equal : equal;
}

function fieldOf(left: Expression | undefined, packet: ProbePacket): string | number | undefined {
  const meta = (left?.meta as { key?: string } | undefined)?.key;
  if (meta === 'iifname') return packet.iifname;
  if (meta === 'oifname') return packet.oifname;
  if (meta === 'l4proto') return packet.protocol;
  if (meta === 'nfproto') return 'ipv4';
  const payload = left?.payload as { protocol?: string; field?: string } | undefined;
  if (payload?.field === 'dport' && (payload.protocol === packet.protocol || payload.protocol === 'th'))
    return packet.dport;
  if (payload?.protocol === 'ip' && payload.field === 'protocol') return packet.protocol;
  if ((left?.ct as { key?: string } | undefined)?.key === 'state') return packet.ctState;
  return undefined;
}

function candidatesOf(right: unknown): unknown[] {
  if (Array.isArray(right)) return right;
  const set = (right as { set?: unknown } | null)?.set;
  if (Array.isArray(set)) return set;
  return [right];
}

function isLike(value: string | number, candidate: unknown): boolean {
  const range = (candidate as { range?: [number, number] } | null)?.range;
  if (range && typeof value === 'number') return value >= range[0] && value <= range[1];
  if (typeof candidate === 'string' && candidate.endsWith('*')) return String(value).startsWith(candidate.slice(0, -1));
  return candidate === value;
}
