/** `zhiyun join-token …`: what another machine needs to join the domain. */
import type { JoinTokenInfo } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Command, Option } from 'commander';
import { connect } from '../connection.ts';
import { durationOption, integerOption, rolesOption } from '../options.ts';
import { print, table } from '../output.ts';

function tokenTable(tokens: readonly JoinTokenInfo[]): string {
  const rows = tokens.map(({ roles, expiresAt, usesLeft, createdBy, id }) => [
    roles.join(','),
    expiresAt,
    usesLeft === null ? 'any' : String(usesLeft),
    createdBy ?? '-',
    id,
  ]);
  return table(['ROLES', 'EXPIRES', 'USES LEFT', 'CREATED BY', 'ID'], rows);
}

interface CreateOptions {
  role: ComponentType[];
  expires: number;
  uses?: number;
}

async function create({ role, expires, uses }: CreateOptions): Promise<void> {
  const body = { roles: role, expiresInSeconds: expires, ...(uses !== undefined && { uses }) };
  print(await connect().client.createJoinToken({ body }), ({ token, roles, expiresAt, usesLeft }) =>
    [
      token,
      '',
      `It is shown only now, is good until ${expiresAt}${usesLeft === null ? '' : ` and lets in ${usesLeft}`}. On the other machine, as root:`,
      '',
      `  ./zhiyun join --token ${token} --role ${roles.join(',')} --detach`,
    ].join('\n'),
  );
}

export function addJoinTokenCommands(program: Command): void {
  const token = program.command('join-token').description('let other machines into the domain (加入令牌)');
  token
    .command('create')
    .description('make a token, and say what to type on the other machine')
    .requiredOption('--role <role[,role]>', 'what may join with it', rolesOption)
    .addOption(
      new Option('--expires <duration>', 'how long it is good, like 30m, 2h or 7d')
        .argParser(durationOption)
        .default(durationOption('1h'), '1h'),
    )
    .option('--uses <n>', 'how many components it lets in (default: any number)', integerOption)
    .action(create);
  token
    .command('list')
    .description('tokens that still let somebody in')
    .action(async () =>
      print(await connect().client.listJoinTokens(), ({ items }) =>
        items.length > 0 ? tokenTable(items) : 'No join token. Make one: zhiyun join-token create --role node-client',
      ),
    );
  token
    .command('revoke <id>')
    .description('let nobody in with it any more; who has joined stays')
    .action(async (id: string) => {
      await connect().client.revokeJoinToken({ params: { id } });
      print({ revoked: id }, () => `revoked ${id}`);
    });
}
