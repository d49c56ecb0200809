/** `zhiyun pool …`. */
import type { ComputePool } from '@zhiyun/contracts';
import { type Command, Option } from 'commander';
import { connect } from '../connection.ts';
import { print } from '../output.ts';
import type { Column } from '../print-list.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { describe, subcommand } from './command-words.ts';
import { addDelete, addList } from './kind-commands.ts';
import { bytesAmount, countAmount } from './node-commands.ts';

const columns: readonly Column<ComputePool>[] = [
  { head: heads.name, cell: ({ name }) => name },
  { head: heads.nodes, cell: ({ nodeCount }) => String(nodeCount) },
  { head: heads.instances, cell: ({ instanceCount }) => String(instanceCount) },
  { head: heads.cores, cell: ({ capacity }) => countAmount(capacity.cores) },
  { head: heads.memory, cell: ({ capacity }) => bytesAmount(capacity.memoryBytes) },
  { head: heads.disk, cell: ({ capacity }) => bytesAmount(capacity.diskBytes) },
  { head: heads.id, cell: ({ id }) => id },
];

export function addPoolCommands(pool: Command): void {
  addList(pool, 'compute-pool', { help: 'poolList', columns, empty: said.noMatch });
  subcommand(pool, 'create <name>', 'poolCreate')
    .addOption(new Option('--description <text>', describe('poolDescription')).default(''))
    .action(async (name: string, { description }: { description: string }) =>
      print(await connect().client.createComputePool({ body: { name, description } }), (made) =>
        said.created(made.name),
      ),
    );
  addDelete(pool, 'compute-pool', 'poolDelete');
}
