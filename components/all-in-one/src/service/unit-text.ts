/** The systemd unit of a home: what starts the platform at boot, keeps it running, and leaves instances alone when it stops. */
import { dirname } from 'node:path';

export const usualHome = '/var/lib/zhiyun';

export interface UnitFacts {
  /** Absolute, as the next one. */
  home: string;
  /** The launcher `zhiyun`. */
  launcher: string;
  /** The Node.js that runs now: the launcher is to find the same one. */
  node: string;
}

/** One for each home: `zhiyun.service` for the usual one, `zhiyun-srv-cloud.service` for /srv/cloud. */
export function unitName(home: string): string {
  const place = home.replaceAll(/[^a-zA-Z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return home === usualHome ? 'zhiyun.service' : `zhiyun-${place}.service`;
}

export function unitText({ home, launcher, node }: UnitFacts): string {
  const path = [dirname(node), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
  return `# Written by \`zhiyun service install\`; \`zhiyun service remove\` takes it away.
[Unit]
Description=Zhiyun (${plain(home)})
Wants=network-online.target
After=network-online.target time-sync.target nftables.service
RequiresMountsFor=${word(home)} ${word(dirname(launcher))}
# It is tried for as long as the machine runs: a disk or another server may come late.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
# With --json the first password does not get into the journal.
ExecStart=${word(launcher)} up --json --home ${word(home)}
WorkingDirectory=/
Environment=HOME=/root ${word(`PATH=${path}`)}
Restart=on-failure
RestartSec=5
# Only the platform itself is stopped: QEMU, the database and what they need live on and are taken over by the next start.
KillMode=process
TimeoutStartSec=15min
TimeoutStopSec=90
# When memory is short the platform is not the first to go; guests are started without this.
OOMScoreAdjust=-500
LimitNOFILE=1048576
UMask=0022

[Install]
WantedBy=multi-user.target
`;
}

/** One word of a unit file, whatever it holds: systemd expands \`%\`, \`$\` and escapes. */
function word(text: string): string {
  const literal = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[a-zA-Z0-9/._:=%@+-]+$/.test(literal) ? literal : `"${literal.replaceAll(/["\\]/g, '\\$&')}"`;
}

function plain(text: string): string {
  return text.replaceAll('%', '%%').replaceAll('\n', ' ');
}
