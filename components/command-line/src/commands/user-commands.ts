/** `zhiyun user … | system show`. */
import { text as readText } from 'node:stream/consumers';
import { type Role, roles, type User } from '@zhiyun/contracts';
import { Argument, type Command } from 'commander';
import { connect } from '../connection.ts';
import { print } from '../output.ts';
import type { Column } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { aside, said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { subcommand } from './command-words.ts';
import { addDelete, addList } from './kind-commands.ts';

const columns: readonly Column<User>[] = [
  { head: heads.username, cell: ({ username }) => username },
  { head: heads.role, cell: ({ role }) => term('user.role', role) },
  { head: heads.created, cell: ({ createdAt }) => localTime(createdAt) },
  { head: heads.id, cell: ({ id }) => id },
];

export function addUserCommands(user: Command): void {
  addList(user, 'user', { help: 'userList', columns, empty: said.noMatch });
  subcommand(user, 'create', 'userCreate')
    .argument('<username>')
    .addArgument(new Argument('<role>').choices(roles))
    .action(async (username: string, role: Role) => {
      const password = (await readText(process.stdin)).trim();
      print(await connect().client.createUser({ body: { username, role, password } }), (made) =>
        said.created(`${made.username}${aside(term('user.role', made.role))}`),
      );
    });
  addDelete(user, 'user', 'userDelete');
}

export function addSystemCommands(system: Command): void {
  subcommand(system, 'show', 'systemShow').action(async () =>
    print(await connect().client.getSystem(), (found) => JSON.stringify(found, null, 2)),
  );
}
