/** `zhiyun operation …`: what goes on, and what went wrong. */
import type { ChildCounts, Operation } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { integerOption } from '../options.ts';
import { fieldList, plain, print } from '../output.ts';
import { faultSentence } from '../print-error.ts';
import type { Column } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { about, said } from '../words/said.ts';
import { operationName, term } from '../words/terms.ts';
import { option, subcommand } from './command-words.ts';
import { addList, addShow } from './kind-commands.ts';

const columns: readonly Column<Operation>[] = [
  { head: heads.kind, cell: ({ kind }) => operationName(kind) },
  { head: heads.target, cell: ({ target }) => target.name },
  { head: heads.state, cell: ({ state }) => term('operation.state', state) },
  { head: heads.progress, cell: ({ progress }) => `${Math.round(progress * 100)} %` },
  { head: heads.begun, cell: ({ createdAt }) => localTime(createdAt) },
  { head: heads.id, cell: ({ id }) => id },
];

async function printOperation(operation: Operation): Promise<void> {
  const sentence = await operationSentence(operation);
  print(operation, () => sentence);
}

async function details(operation: Operation): Promise<string> {
  const steps = await Promise.all(
    operation.steps.map(async ({ name, state, error }) => {
      const step = term('operation.step', name);
      return [
        `  ${term('operation.step-state', state)}`,
        error ? about(step, await faultSentence(error)) : step,
      ] as const;
    }),
  );
  const lines = [await operationSentence(operation), ...(steps.length > 0 ? [fieldList(steps)] : [])];
  return [...lines, ...(operation.children ? await childLines(operation, operation.children) : [])].join('\n');
}

const childrenShown = 50;

/** First what needs to be looked at. */
async function childLines({ id }: Operation, { total, succeeded }: ChildCounts): Promise<string[]> {
  const { client } = connect();
  const page = (state: 'failed' | 'stuck' | undefined) =>
    client.listOperations({ query: { parent: id, limit: childrenShown, ...(state && { state }) } });
  const pages = await Promise.all([page('stuck'), page('failed'), page(undefined)]);
  const found = new Map(pages.flatMap(({ items }) => items).map((child) => [child.id, child]));
  const children = [...found.values()].filter(({ retried }) => !retried).slice(0, childrenShown);
  const rows = await Promise.all(
    children.map(async ({ target, state, error }) => {
      const name = plain(target.name);
      const words = error ? about(name, await faultSentence(error)) : name;
      return [`  ${term('operation.state', state)}`, words] as const;
    }),
  );
  const rest = total - children.length;
  return [said.children(succeeded, total), fieldList(rows), ...(rest > 0 ? [`  ${said.moreChildren(rest)}`] : [])];
}

export function addOperationCommands(operation: Command): void {
  addList(operation, 'operation', {
    help: 'operationList',
    columns,
    empty: said.noOperation,
    options: [
      option('--active', 'operationActive'),
      option('--limit <n>', 'limitRecent').argParser(integerOption).default(30),
    ],
    // Children are shown with their parent.
    filter: ({ active }: { active?: boolean }) => ({ parent: 'none', ...(active && { active: 'true' }) }),
  });
  addShow(operation, 'operation', 'operationShow', details);
  subcommand(operation, 'wait <operation>', 'operationWait').action(async (id: string) => {
    const { client } = connect();
    await printOperation(await followOperation(client, await client.getOperation({ params: { id } })));
  });
  subcommand(operation, 'cancel <operation>', 'operationCancel').action(async (id: string) =>
    printOperation(await connect().client.cancelOperation({ params: { id } })),
  );
  subcommand(operation, 'retry <operation>', 'operationRetry').action(async (id: string) =>
    printOperation(await connect().client.retryOperation({ params: { id } })),
  );
}
