/** `zhiyun join-token …`: what another machine needs to join the domain. */
import type { JoinTokenInfo } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { eachTarget } from '../each-target.ts';
import { durationOption, integerOption, rolesOption } from '../options.ts';
import { print } from '../output.ts';
import { type Column, printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { option, subcommand } from './command-words.ts';

const columns: readonly Column<JoinTokenInfo>[] = [
  { head: heads.roles, cell: ({ roles }) => roles.join(',') },
  { head: heads.expires, cell: ({ expiresAt }) => localTime(expiresAt) },
  { head: heads.usesLeft, cell: ({ usesLeft }) => (usesLeft === null ? said.anyNumber() : String(usesLeft)) },
  { head: heads.createdBy, cell: ({ createdBy }) => createdBy ?? '-' },
  { head: heads.id, cell: ({ id }) => id },
];

interface CreateOptions {
  role: ComponentType[];
  expires: number;
  uses?: number | 'any';
}

async function create({ role, expires, uses }: CreateOptions): Promise<void> {
  const body = {
    roles: role,
    expiresInSeconds: expires,
    ...(uses !== undefined && { uses: uses === 'any' ? null : uses }),
  };
  print(await connect().client.createJoinToken({ body }), ({ token, roles, expiresAt, usesLeft }) =>
    [
      said.onOtherMachine(),
      '',
      `  ./zhiyun join --token - --role ${roles.join(',')} --detach`,
      '',
      said.pasteToken(),
      '',
      token,
      '',
      said.tokenOnce(localTime(expiresAt), said.tokenFor(usesLeft, roles.length)),
    ].join('\n'),
  );
}

export function addJoinTokenCommands(token: Command): void {
  subcommand(token, 'create', 'joinTokenCreate')
    .addOption(option('--role <role[,role]>', 'joinTokenRole').argParser(rolesOption).makeOptionMandatory())
    .addOption(
      option('--expires <duration>', 'joinTokenExpires').argParser(durationOption).default(durationOption('1h'), '1h'),
    )
    .addOption(
      option('--uses <n>', 'joinTokenUses').argParser((text: string) => (text === 'any' ? text : integerOption(text))),
    )
    .action(create);
  subcommand(token, 'list', 'joinTokenList').action(async () => {
    const { client } = connect();
    await printList({
      read: async () => ({ ...(await client.listJoinTokens()), nextCursor: null }),
      columns,
      empty: said.noToken(),
    });
  });
  subcommand(token, 'revoke <join-token...>', 'joinTokenRevoke').action(async (ids: string[]) => {
    const { client } = connect();
    await eachTarget(ids, async (id) => {
      await client.revokeJoinToken({ params: { id } });
      return { value: { revoked: id }, sentence: said.revoked(id), failed: false };
    });
  });
}
