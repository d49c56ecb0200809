/** `zhiyun instance history NAME`: the moves of its state. Of a deleted instance, by its id. */
import type { InstanceMove } from '@zhiyun/contracts';
import { connect } from '../connection.ts';
import { type Column, printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { stateCauseName, term } from '../words/terms.ts';

const columns: readonly Column<InstanceMove>[] = [
  { head: heads.state, cell: ({ to }) => (to === null ? said.deletedState() : term('instance.state', to)) },
  { head: heads.time, cell: ({ at }) => localTime(at) },
  { head: heads.until, cell: ({ until }) => (until === null ? '-' : localTime(until)) },
  { head: heads.cause, cell: ({ cause }) => stateCauseName(cause) },
  { head: heads.operation, cell: ({ operation }) => operation ?? '-' },
];

export async function printHistory(id: string, { limit }: { limit?: number }): Promise<void> {
  const { client } = connect();
  await printList({
    read: (page) => client.listInstanceMoves({ params: { id }, query: page }),
    columns,
    empty: said.noMove(),
    limit,
  });
}
