/** `zhiyun component | link …`: who is in the domain, how they are connected, and taking one out. */
import { type Component, type ComponentState, componentStates, type Link, linkStates } from '@zhiyun/contracts';
import { type ComponentType, componentTypes } from '@zhiyun/contracts/links';
import { type Command, Option } from 'commander';
import { connect } from '../connection.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { print, table } from '../output.ts';
import { wholeList } from '../whole-list.ts';

function componentTable(components: readonly Component[]): string {
  const rows = components.map(({ name, type, state, since, addresses, version, id }) => [
    name || '-',
    type,
    state,
    since,
    addresses[0] ?? '-',
    version || '-',
    id,
  ]);
  return table(['NAME', 'TYPE', 'STATE', 'SINCE', 'ADDRESS', 'VERSION', 'ID'], rows);
}

function details(component: Component): string {
  const { addresses, machine, joinedAt, clockSkewMs } = component;
  return [
    componentTable([component]),
    `addresses ${addresses.join(', ') || '-'}`,
    `machine   ${machine || '-'}`,
    `joined    ${joinedAt}`,
    `clock     ${clockSkewMs / 1000} s ${clockSkewMs < 0 ? 'behind' : 'ahead'}`,
  ].join('\n');
}

interface ListOptions {
  type?: ComponentType;
  state?: ComponentState;
  search?: string;
}

function addComponentCommands(program: Command): void {
  const component = program.command('component').description('components of the domain (组件)');
  component
    .command('list')
    .description('list and search')
    .addOption(new Option('--type <type>', 'only of this type').choices(componentTypes))
    .addOption(new Option('--state <state>', 'only in this state').choices(componentStates))
    .option('--search <text>', 'part of the name')
    .action(async (filter: ListOptions) => {
      const { client } = connect();
      const { type, state, search } = filter;
      const query = { ...(type && { type }), ...(state && { state }), ...(search && { search }) };
      print(await wholeList((page) => client.listComponents({ query: { ...query, ...page } })), ({ items }) =>
        items.length > 0 ? componentTable(items) : 'No such component.',
      );
    });
  component
    .command('show <component>')
    .description('one component, by id, name or type@name')
    .action(async (id: string) => print(await connect().client.getComponent({ params: { id } }), details));
  component
    .command('remove <component>')
    .description('drain it, take it out of the domain and cut it off, for good')
    .option('--lost', 'its machine will never come back: nothing is asked of it, and instances on it are lost')
    .option('--no-wait', 'return at once with the operation')
    .action(async (id: string, { lost = false, wait }: { lost?: boolean; wait: boolean }) => {
      const { client } = connect();
      const operation = await client.removeComponent({ params: { id }, body: { lost } });
      print(wait ? await followOperation(client, operation) : operation, operationSentence);
    });
}

/** `type@name` where the component is known, else its id. */
function linkTable(links: readonly Link[], components: readonly Component[]): string {
  const labels = new Map(components.map(({ id, type, name }) => [id, name ? `${type}@${name}` : id]));
  const rows = links.map(({ from, to, state, since }) => [
    labels.get(from) ?? from,
    labels.get(to) ?? to,
    state,
    since,
  ]);
  return table(['FROM', 'TO', 'STATE', 'SINCE'], rows);
}

function addLinkCommands(program: Command): void {
  const link = program.command('link').description('links between components (链路)');
  link
    .command('list')
    .description('who is connected to whom, and since when')
    .option('--component <component>', 'only its links, in both directions')
    .addOption(new Option('--state <state>', 'only in this state').choices(linkStates))
    .action(async (filter: { component?: string; state?: Link['state'] }) => {
      const { client } = connect();
      const [links, components] = await Promise.all([
        wholeList((page) => client.listLinks({ query: { ...filter, ...page } })),
        wholeList((page) => client.listComponents({ query: page })),
      ]);
      print(links, ({ items }) => (items.length > 0 ? linkTable(items, components.items) : 'No such link.'));
    });
}

export function addDomainCommands(program: Command): void {
  addComponentCommands(program);
  addLinkCommands(program);
}
