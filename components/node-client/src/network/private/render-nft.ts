/**
 * The rules around the guests of one node, as nftables text. Pure; golden files pin every line. An instance comes and goes as
 * elements of three sets, so a change costs the same with ten guests and with ten thousand. What the rules promise:
 *
 *   - a guest sends only from its own MAC and address, and no IPv6;
 *   - a guest reaches its node only for DHCP and DNS, and only at its own gateway; answers to the node's own connections pass;
 *   - a guest reaches no other guest of any owner, no link-local address, and none that is refused to guests;
 *   - a guest reaches outside through the node's address; nothing from outside reaches a guest;
 *   - without this table nothing passes at all: see renderGuard.
 */
import { guestInterfacePrefix } from '@zhiyun/contracts';
import type { GuestLink } from './slots.ts';

/** Where the guests' DNS really listens: port 53 of the machine may be somebody else's. Guests know nothing of it. */
export const guestDnsPort = 10053;
/** Metadata services of clouds, and whatever else configures itself. */
export const linkLocal = '169.254.0.0/16';
/** Set at each hook on what the table accepts; the guard, right behind it, drops what lacks it. Cleared behind the guard. */
const passMark = '0x01000000';
const setMark = `meta mark set meta mark or ${passMark}`;
const clearMark = 'meta mark set meta mark and 0xfeffffff';

export function tableName(shortId: string): string {
  return `zhiyun_${shortId}`;
}

export function guardTableName(shortId: string): string {
  return `zhiyun_guard_${shortId}`;
}

/** Where the guard has a chain. */
export const guardedHooks = ['prerouting', 'input', 'forward', 'postrouting'] as const;
type GuardedHook = (typeof guardedHooks)[number];

export interface TableContent {
  links: readonly GuestLink[];
  /** Networks and addresses that guests may not reach, besides link-local ones. */
  refused: readonly string[];
}

/** The whole table, in the place of whatever it was before: one transaction. */
export function renderTable(shortId: string, { links, refused }: TableContent): string {
  const table = `inet ${tableName(shortId)}`;
  const guests = `"${guestInterfacePrefix(shortId)}*"`;
  return `table ${table} {}
delete table ${table}
table ${table} {
  counter ipv6 {}
  counter spoofed {}
  counter to-node {}
  counter between-guests {}
  counter refused {}
  counter from-outside {}

  set links {
    typeof iifname . ether saddr${renderElements(links, linkElement)}
  }
  set sources {
    typeof iifname . ether saddr . ip saddr${renderElements(links, sourceElement)}
  }
  set gateways {
    typeof iifname . ip daddr${renderElements(links, gatewayElement)}
  }
  set refused-networks {
    type ipv4_addr
    flags interval
    auto-merge
    elements = { ${[linkLocal, ...refused].join(', ')} }
  }

  chain anti-spoof {
    type filter hook prerouting priority raw; policy accept;
    iifname != ${guests} accept
    meta nfproto ipv6 counter name ipv6 drop
    iifname . ether saddr . ip saddr @sources ${setMark} accept
    ip saddr 0.0.0.0 udp sport 68 udp dport 67 iifname . ether saddr @links ${setMark} accept
    counter name spoofed drop
  }
  chain passed-guard {
    type filter hook prerouting priority raw + 20; policy accept;
    iifname ${guests} ${clearMark}
  }
  chain guest-dns {
    type nat hook prerouting priority dstnat; policy accept;
    iifname . ip daddr @gateways meta l4proto { tcp, udp } th dport 53 redirect to :${guestDnsPort}
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != ${guests} accept
    ct state established,related ${setMark} accept
    udp sport 68 udp dport 67 ${setMark} accept
    iifname . ip daddr @gateways meta l4proto { tcp, udp } th dport ${guestDnsPort} ${setMark} accept
    counter name to-node drop
  }
  chain passed-input-guard {
    type filter hook input priority filter + 20; policy accept;
    iifname ${guests} ${clearMark}
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname ${guests} oifname "zy*" counter name between-guests drop
    iifname ${guests} ip daddr @refused-networks counter name refused drop
    iifname ${guests} ${setMark} accept
    oifname ${guests} ct state established,related ${setMark} accept
    oifname ${guests} counter name from-outside drop
  }
  chain passed-forward-guard {
    type filter hook forward priority filter + 20; policy accept;
    iifname ${guests} ${clearMark}
    oifname ${guests} ${clearMark}
  }
  chain source-nat {
    type nat hook postrouting priority srcnat; policy accept;
    iifname ${guests} masquerade
  }
  chain to-guests {
    type filter hook postrouting priority srcnat + 200; policy accept;
    oifname ${guests} ${setMark}
  }
}
`;
}

/**
 * What stands between guests and everything else when the table is gone: at each hook, what the table has not marked is dropped. So a
 * packet that is on its way while the rules are taken away or restored passes no hook by an empty chain. A table with an owner cannot
 * be changed by anybody else and survives «nft flush ruleset», for as long as the process that made it.
 */
export function renderGuard(shortId: string): string {
  const guests = `"${guestInterfacePrefix(shortId)}*"`;
  const unmarked = `meta mark and ${passMark} == 0`;
  const from = `iifname ${guests} ${unmarked} drop;`;
  const to = `oifname ${guests} ${unmarked} drop;`;
  const chain = (name: string, hook: GuardedHook, priority: string, rules: string) =>
    `chain ${name} { type filter hook ${hook} priority ${priority}; policy accept; ${rules} };`;
  return `table inet ${guardTableName(shortId)} { flags owner; ${[
    chain('from-guests', 'prerouting', 'raw + 10', from),
    chain('to-node', 'input', 'filter + 10', from),
    chain('through', 'forward', 'filter + 10', `${from} ${to}`),
    chain('to-guests', 'postrouting', 'srcnat + 210', to),
  ].join(' ')} }\n`;
}

export function renderAdd(shortId: string, link: GuestLink): string {
  return renderChange('add', shortId, link);
}

/** Deleting what is not there is an error to nft, so it is added first: the same transaction, whatever was there. */
export function renderRemove(shortId: string, link: GuestLink): string {
  return renderChange('add', shortId, link) + renderChange('delete', shortId, link);
}

function renderChange(verb: 'add' | 'delete', shortId: string, link: GuestLink): string {
  const table = `inet ${tableName(shortId)}`;
  return `${verb} element ${table} links { ${linkElement(link)} }
${verb} element ${table} sources { ${sourceElement(link)} }
${verb} element ${table} gateways { ${gatewayElement(link)} }
`;
}

export function renderDeleteTable(shortId: string): string {
  const table = `inet ${tableName(shortId)}`;
  return `table ${table} {}\ndelete table ${table}\n`;
}

function linkElement(link: GuestLink): string {
  return `"${link.tap}" . ${link.macAddress}`;
}

function sourceElement(link: GuestLink): string {
  return `${linkElement(link)} . ${link.address}`;
}

function gatewayElement(link: GuestLink): string {
  return `"${link.tap}" . ${link.gateway}`;
}

function renderElements(links: readonly GuestLink[], element: (link: GuestLink) => string): string {
  if (links.length === 0) return '';
  return `\n    elements = {\n${links.map((link) => `      ${element(link)}`).join(',\n')}\n    }`;
}
