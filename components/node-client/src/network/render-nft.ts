/**
 * The rules around the guests of one node, as nftables text. Pure; golden files pin every line. The table is loaded once;
 * afterwards an instance comes and goes as elements of two sets, so a change costs the same with ten guests and with ten
 * thousand. What the rules promise:
 *
 *   - a guest sends only from its own MAC and address, and no IPv6;
 *   - a guest reaches its node only for DHCP, and DNS where the node offers it; answers to the node's own connections pass;
 *   - a guest reaches no other guest, whoever's it is;
 *   - a guest reaches outside through the node's address; nothing from outside reaches a guest.
 */
import { type GuestLink, tapPrefix } from './slots.ts';

export function tableName(shortId: string): string {
  return `zhiyun_${shortId}`;
}

/** The whole table with the elements of `links`, in the place of whatever it was before: one transaction. */
export function renderTable(shortId: string, options: { dns: boolean; links: readonly GuestLink[] }): string {
  const table = `inet ${tableName(shortId)}`;
  const guests = `"${tapPrefix(shortId)}*"`;
  const dns = options.dns ? '\n    meta l4proto { tcp, udp } th dport 53 accept' : '';
  return `table ${table} {}
delete table ${table}
table ${table} {
  counter ipv6 {}
  counter spoofed {}
  counter to-node {}
  counter between-guests {}
  counter from-outside {}

  set links {
    typeof iifname . ether saddr${renderElements(options.links, linkElement)}
  }
  set sources {
    typeof iifname . ether saddr . ip saddr${renderElements(options.links, sourceElement)}
  }

  chain anti-spoof {
    type filter hook prerouting priority raw; policy accept;
    iifname != ${guests} accept
    meta nfproto ipv6 counter name ipv6 drop
    iifname . ether saddr . ip saddr @sources accept
    ip saddr 0.0.0.0 udp sport 68 udp dport 67 iifname . ether saddr @links accept
    counter name spoofed drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != ${guests} accept
    ct state established,related accept
    udp sport 68 udp dport 67 accept${dns}
    counter name to-node drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname ${guests} oifname "zy*" counter name between-guests drop
    iifname ${guests} accept
    oifname ${guests} ct state established,related accept
    oifname ${guests} counter name from-outside drop
  }
  chain source-nat {
    type nat hook postrouting priority srcnat; policy accept;
    iifname ${guests} masquerade
  }
}
`;
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

function renderElements(links: readonly GuestLink[], element: (link: GuestLink) => string): string {
  if (links.length === 0) return '';
  return `\n    elements = {\n${links.map((link) => `      ${element(link)}`).join(',\n')}\n    }`;
}
