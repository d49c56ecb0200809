/** `zhiyun node | pool | operation | event | system | user …`: lists and small changes. */
import { type Amount, formatBytes, type Operation, type Role, roles } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { integerOption } from '../options.ts';
import { print, table } from '../output.ts';

const bytes = ({ promised, total }: Amount) => `${formatBytes(promised)} of ${formatBytes(total)}`;
const count = ({ promised, total }: Amount) => `${promised} of ${total}`;

export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('nodes (计算节点)');
  node
    .command('list')
    .description('list nodes')
    .action(async () =>
      print(await connect().client.listNodes({ query: { limit: 500 } }), ({ items }) =>
        table(
          ['NAME', 'STATE', 'POOL', 'INSTANCES', 'CORES', 'MEMORY', 'CPU', 'ID'],
          items.map(({ name, state, computePool, instanceCount, capacity, load, id }) => [
            name,
            state,
            computePool?.name ?? '-',
            String(instanceCount),
            count(capacity.cores),
            bytes(capacity.memoryBytes),
            load ? `${Math.round(load.cpu * 100)} %` : '-',
            id,
          ]),
        ),
      ),
    );
  node
    .command('show <node>')
    .description('one node, as JSON')
    .action(async (id: string) =>
      print(await connect().client.getNode({ params: { id } }), (found) => JSON.stringify(found, null, 2)),
    );
  for (const [verb, schedulable, description] of [
    ['pause', false, 'put nothing new on it'],
    ['resume', true, 'use it for new instances again'],
  ] as const) {
    node
      .command(`${verb} <node>`)
      .description(description)
      .action(async (id: string) =>
        print(
          await connect().client.updateNode({ params: { id }, body: { schedulable } }),
          (found) => `${found.name}: ${found.schedulable ? 'takes' : 'does not take'} new instances`,
        ),
      );
  }
  node
    .command('move <node> <pool>')
    .description('move it to another pool')
    .action(async (id: string, computePool: string) =>
      print(
        await connect().client.updateNode({ params: { id }, body: { computePool } }),
        (found) => `${found.name}: in pool ${found.computePool?.name ?? '-'}`,
      ),
    );
}

export function addPoolCommands(program: Command): void {
  const pool = program.command('pool').description('compute pools (计算资源池)');
  pool
    .command('list')
    .description('list pools')
    .action(async () =>
      print(await connect().client.listComputePools({ query: { limit: 500 } }), ({ items }) =>
        table(
          ['NAME', 'NODES', 'INSTANCES', 'CORES', 'MEMORY', 'DISK', 'ID'],
          items.map(({ name, nodeCount, instanceCount, capacity, id }) => [
            name,
            String(nodeCount),
            String(instanceCount),
            count(capacity.cores),
            bytes(capacity.memoryBytes),
            bytes(capacity.diskBytes),
            id,
          ]),
        ),
      ),
    );
  pool
    .command('create <name>')
    .description('create a pool')
    .option('--description <text>', 'what it is for', '')
    .action(async (name: string, { description }: { description: string }) =>
      print(
        await connect().client.createComputePool({ body: { name, description } }),
        (found) => `created ${found.name}`,
      ),
    );
  pool
    .command('delete <pool>')
    .description('delete an empty pool')
    .action(async (id: string) => {
      await connect().client.deleteComputePool({ params: { id } });
      print({ deleted: id }, () => `deleted ${id}`);
    });
}

function operationTable(operations: readonly Operation[]): string {
  const rows = operations.map(({ kind, target, state, progress, createdAt, id }) => [
    kind,
    target.name,
    state,
    `${Math.round(progress * 100)} %`,
    createdAt,
    id,
  ]);
  return table(['KIND', 'TARGET', 'STATE', 'PROGRESS', 'BEGUN', 'ID'], rows);
}

export function addOperationCommands(program: Command): void {
  const operation = program.command('operation').description('operations (操作)');
  operation
    .command('list')
    .description('list operations')
    .option('--active', 'only what still runs or is stuck')
    .option('--limit <n>', 'at most so many', integerOption, 30)
    .action(async ({ active, limit }: { active?: boolean; limit: number }) =>
      print(
        await connect().client.listOperations({ query: { limit, ...(active ? { active: 'true' as const } : {}) } }),
        ({ items }) => operationTable(items),
      ),
    );
  operation
    .command('show <operation>')
    .description('one operation with its steps')
    .action(async (id: string) =>
      print(await connect().client.getOperation({ params: { id } }), (found) =>
        [
          operationSentence(found),
          ...found.steps.map(
            ({ name, state, error }) => `  ${state.padEnd(12)} ${name}${error ? `: ${error.detail}` : ''}`,
          ),
        ].join('\n'),
      ),
    );
  operation
    .command('wait <operation>')
    .description('wait for its end')
    .action(async (id: string) => {
      const { client } = connect();
      print(await followOperation(client, await client.getOperation({ params: { id } })), operationSentence);
    });
  operation
    .command('cancel <operation>')
    .description('stop and undo')
    .action(async (id: string) => print(await connect().client.cancelOperation({ params: { id } }), operationSentence));
  operation
    .command('retry <operation>')
    .description('try the undo of a stuck one again')
    .action(async (id: string) => print(await connect().client.retryOperation({ params: { id } }), operationSentence));
}

export function addOtherCommands(program: Command): void {
  program
    .command('event')
    .description('events (事件)')
    .command('list')
    .description('newest first')
    .option('--limit <n>', 'at most so many', integerOption, 30)
    .action(async ({ limit }: { limit: number }) =>
      print(await connect().client.listEvents({ query: { limit } }), ({ items }) =>
        table(
          ['TIME', 'KIND', 'SUBJECT', 'FACTS'],
          items.map(({ at, kind, subject, data }) => [at, kind, subject.name, JSON.stringify(data)]),
        ),
      ),
    );
  program
    .command('system')
    .description('the platform as a whole')
    .command('show')
    .description('version, capacity, counts')
    .action(async () => print(await connect().client.getSystem(), (system) => JSON.stringify(system, null, 2)));
  const user = program.command('user').description('users (administrators)');
  user
    .command('list')
    .description('list users')
    .action(async () =>
      print(await connect().client.listUsers({ query: { limit: 500 } }), ({ items }) =>
        table(
          ['USERNAME', 'ROLE', 'ID'],
          items.map(({ username, role, id }) => [username, role, id]),
        ),
      ),
    );
  user
    .command('create <username> <role>')
    .description(`create a user (role: ${roles.join(', ')}); the password is read from standard input`)
    .action(async (username: string, role: Role) => {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      const password = Buffer.concat(parts).toString('utf8').trim();
      print(
        await connect().client.createUser({ body: { username, role, password } }),
        (created) => `created ${created.username} (${created.role})`,
      );
    });
  user
    .command('delete <user>')
    .description('delete a user')
    .action(async (id: string) => {
      await connect().client.deleteUser({ params: { id } });
      print({ deleted: id }, () => `deleted ${id}`);
    });
}
