/** `zhiyun component | link …`: who is in the domain, how they are connected, and taking one out. */
import { type Component, type ComponentState, componentStates, type Link, linkStates } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { fieldList, print } from '../output.ts';
import { type Column, printList, wholeList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { fields, heads } from '../words/columns.ts';
import { text } from '../words/language.ts';
import { said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { option, subcommand } from './command-words.ts';
import { addList, addShow } from './kind-commands.ts';

const columns: readonly Column<Component>[] = [
  { head: heads.name, cell: ({ name }) => name || '-' },
  { head: heads.type, cell: ({ type }) => type },
  { head: heads.state, cell: ({ state }) => term('component.state', state) },
  { head: heads.since, cell: ({ since }) => localTime(since) },
  { head: heads.address, cell: ({ addresses }) => addresses[0] ?? '-' },
  { head: heads.version, cell: ({ version }) => version || '-' },
  { head: heads.id, cell: ({ id }) => id },
];

function details(component: Component): string {
  return fieldList([
    [text(fields.name), component.name || '-'],
    [text(fields.id), component.id],
    [text(fields.type), component.type],
    [text(fields.state), term('component.state', component.state)],
    [text(fields.since), localTime(component.since)],
    [text(fields.version), component.version || '-'],
    [text(fields.addresses), component.addresses.join(', ') || '-'],
    [text(fields.machine), component.machine || '-'],
    [text(fields.joined), localTime(component.joinedAt)],
    [text(fields.clock), said.ahead(component.clockSkewMs / 1000)],
  ]);
}

interface ListOptions {
  type?: ComponentType;
  state?: ComponentState;
  search?: string;
}

export function addComponentCommands(component: Command): void {
  addList(component, 'component', {
    help: 'componentList',
    columns,
    empty: said.noComponent,
    options: [
      option('--type <type>', 'componentType').choices(componentTypes),
      option('--state <state>', 'componentState').choices(componentStates),
      option('--search <text>', 'search'),
    ],
    filter: ({ type, state, search }: ListOptions) => ({
      ...(type && { type }),
      ...(state && { state }),
      ...(search && { search }),
    }),
  });
  addShow(component, 'component', 'componentShow', details);
  subcommand(component, 'remove <component>', 'componentRemove')
    .addOption(option('--lost', 'componentLost'))
    .addOption(option('--no-wait', 'noWait'))
    .action(async (id: string, { lost = false, wait }: { lost?: boolean; wait: boolean }) => {
      const { client } = connect();
      const begun = await client.removeComponent({ params: { id }, body: { lost } });
      const operation = wait ? await followOperation(client, begun) : begun;
      const sentence = await operationSentence(operation);
      print(operation, () => sentence);
    });
}

export function addLinkCommands(link: Command): void {
  subcommand(link, 'list', 'linkList')
    .addOption(option('--component <component>', 'linkComponent'))
    .addOption(option('--state <state>', 'componentState').choices(linkStates))
    .action(async (filter: { component?: string; state?: Link['state'] }) => {
      const { client } = connect();
      const { component, state } = filter;
      const query = { ...(component && { component }), ...(state && { state }) };
      const components = await wholeList((page) => client.listComponents({ query: page }));
      const labels = new Map(components.map(({ id, type, name }) => [id, name ? `${type}@${name}` : id]));
      await printList({
        read: (page) => client.listLinks({ query: { ...query, ...page } }),
        // `type@name` where the component is known, else its id.
        columns: [
          { head: heads.from, cell: ({ from }) => labels.get(from) ?? from },
          { head: heads.to, cell: ({ to }) => labels.get(to) ?? to },
          { head: heads.state, cell: (one) => term('link.state', one.state) },
          { head: heads.since, cell: ({ since }) => localTime(since) },
        ],
        empty: said.noLink(),
      });
    });
}
