/** `zhiyun event …`. */
import type { Event } from '@zhiyun/contracts';
import type { Command } from 'commander';
import { integerOption } from '../options.ts';
import type { Column } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { option } from './command-words.ts';
import { addList } from './kind-commands.ts';

const columns: readonly Column<Event>[] = [
  { head: heads.time, cell: ({ at }) => localTime(at) },
  { head: heads.kind, cell: ({ kind }) => kind },
  { head: heads.subject, cell: ({ subject }) => subject.name },
  { head: heads.facts, cell: ({ data }) => JSON.stringify(data) },
];

export function addEventCommands(event: Command): void {
  addList(event, 'event', {
    help: 'eventList',
    columns,
    empty: said.noEvent,
    options: [option('--limit <n>', 'limitRecent').argParser(integerOption).default(30)],
  });
}
