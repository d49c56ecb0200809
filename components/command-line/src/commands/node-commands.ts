/** `zhiyun node …`: lists and small changes. */
import { type Amount, formatBytes, type Node } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { print } from '../output.ts';
import type { Column } from '../print-list.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { subcommand } from './command-words.ts';
import { addList, addShow } from './kind-commands.ts';

export const bytesAmount = ({ promised, total }: Amount) => said.of(formatBytes(promised), formatBytes(total));
export const countAmount = ({ promised, total }: Amount) => said.of(promised, total);

const columns: readonly Column<Node>[] = [
  { head: heads.name, cell: ({ name }) => name },
  { head: heads.state, cell: ({ state }) => term('node.state', state) },
  { head: heads.pool, cell: ({ computePool }) => computePool?.name ?? '-' },
  { head: heads.instances, cell: ({ instanceCount }) => String(instanceCount) },
  { head: heads.cores, cell: ({ capacity }) => countAmount(capacity.cores) },
  { head: heads.memory, cell: ({ capacity }) => bytesAmount(capacity.memoryBytes) },
  { head: heads.cpu, cell: ({ load }) => (load ? `${Math.round(load.cpu * 100)} %` : '-') },
  { head: heads.id, cell: ({ id }) => id },
];

export function addNodeCommands(node: Command): void {
  addList(node, 'node', { help: 'nodeList', columns, empty: said.noNode });
  addShow<Node>(node, 'node', 'nodeShow', (found) => JSON.stringify(found, null, 2));
  for (const [verb, schedulable, help] of [
    ['pause', false, 'nodePause'],
    ['resume', true, 'nodeResume'],
  ] as const)
    subcommand(node, `${verb} <node>`, help).action(async (id: string) =>
      print(await connect().client.updateNode({ params: { id }, body: { schedulable } }), (found) =>
        said.takesInstances(found.name, found.schedulable),
      ),
    );
  subcommand(node, 'move <node> <pool>', 'nodeMove').action(async (id: string, computePool: string) =>
    print(await connect().client.updateNode({ params: { id }, body: { computePool } }), (found) =>
      said.inPool(found.name, found.computePool?.name ?? '-'),
    ),
  );
}
