/** `zhiyun user … | system show`. */
import { text as readText } from 'node:stream/consumers';
import { type Role, roles, type User } from '@zhiyun/contracts';
import { Argument, type Command } from 'commander';
import { connect } from '../connection.ts';
import { eachTarget } from '../each-target.ts';
import { print } from '../output.ts';
import { type Column, printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { aside, said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { subcommand } from './command-words.ts';

const columns: readonly Column<User>[] = [
  { head: heads.username, cell: ({ username }) => username },
  { head: heads.role, cell: ({ role }) => term('user.role', role) },
  { head: heads.created, cell: ({ createdAt }) => localTime(createdAt) },
  { head: heads.id, cell: ({ id }) => id },
];

export function addUserCommands(user: Command): void {
  subcommand(user, 'list', 'userList').action(async () => {
    const { client } = connect();
    await printList({ read: (page) => client.listUsers({ query: page }), columns, empty: said.noMatch() });
  });
  subcommand(user, 'create', 'userCreate')
    .argument('<username>')
    .addArgument(new Argument('<role>').choices(roles))
    .action(async (username: string, role: Role) => {
      const password = (await readText(process.stdin)).trim();
      print(await connect().client.createUser({ body: { username, role, password } }), (made) =>
        said.created(`${made.username}${aside(term('user.role', made.role))}`),
      );
    });
  subcommand(user, 'delete <user...>', 'userDelete').action(async (names: string[]) => {
    const { client } = connect();
    await eachTarget(names, async (id) => {
      await client.deleteUser({ params: { id } });
      return { value: { deleted: id }, sentence: said.deleted(id), failed: false };
    });
  });
}

export function addSystemCommands(system: Command): void {
  subcommand(system, 'show', 'systemShow').action(async () =>
    print(await connect().client.getSystem(), (found) => JSON.stringify(found, null, 2)),
  );
}
