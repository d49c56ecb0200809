/** `zhiyun event …`. */
import type { Event } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { integerOption } from '../options.ts';
import { type Column, printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { option, subcommand } from './command-words.ts';

const columns: readonly Column<Event>[] = [
  { head: heads.time, cell: ({ at }) => localTime(at) },
  { head: heads.kind, cell: ({ kind }) => kind },
  { head: heads.subject, cell: ({ subject }) => subject.name },
  { head: heads.facts, cell: ({ data }) => JSON.stringify(data) },
];

export function addEventCommands(event: Command): void {
  subcommand(event, 'list', 'eventList')
    .addOption(option('--limit <n>', 'limitRecent').argParser(integerOption).default(30))
    .action(async ({ limit }: { limit: number }) => {
      const { client } = connect();
      await printList({
        read: (page) => client.listEvents({ query: page }),
        columns,
        empty: said.noEvent(),
        limit,
      });
    });
}
