/** `zhiyun instance …`: everything one does with instances. */
import { writeFileSync } from 'node:fs';
import {
  defaultInstance,
  formatBytes,
  type Instance,
  type InstanceState,
  MiB,
  type Operation,
} from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import { type Command, Option } from 'commander';
import { connect } from '../connection.ts';
import { openSerialConsole } from '../console-client.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { bytesOption, type DiskOption, diskOption, integerOption } from '../options.ts';
import { CommandError, print, table } from '../output.ts';

function instanceTable(instances: readonly Instance[]): string {
  const rows = instances.map(({ name, state, computePool, node, cores, memoryBytes, address, id }) => [
    name,
    state,
    computePool.name,
    node?.name ?? '-',
    String(cores),
    formatBytes(memoryBytes),
    address ?? '-',
    id,
  ]);
  return table(['NAME', 'STATE', 'POOL', 'NODE', 'CORES', 'MEMORY', 'ADDRESS', 'ID'], rows);
}

interface CreateOptions {
  pool?: string;
  cores: number;
  memory: number;
  disk?: DiskOption[];
  iso?: string;
  start: boolean;
  wait: boolean;
}

/** A disk that names only an image is as large as the image. */
async function withSizes(client: RestClient, disks: readonly DiskOption[]) {
  return Promise.all(
    disks.map(async ({ sizeBytes, image }) => {
      if (sizeBytes !== undefined) return { sizeBytes, ...(image ? { image } : {}) };
      if (!image) throw new CommandError('A disk needs a size, an image, or both: --disk 10GiB,image=debian');
      const { virtualSizeBytes } = await client.getImage({ params: { id: image } });
      return { sizeBytes: virtualSizeBytes ?? defaultInstance.diskBytes, image };
    }),
  );
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { client } = connect();
  const operation = await client.createInstance({
    body: {
      name,
      cores: options.cores,
      memoryBytes: options.memory,
      disks: await withSizes(client, options.disk ?? []),
      start: options.start,
      ...(options.pool ? { computePool: options.pool } : {}),
      ...(options.iso ? { iso: options.iso } : {}),
    },
  });
  print(options.wait ? await followOperation(client, operation) : operation, operationSentence);
}

type Act = 'startInstance' | 'stopInstance' | 'killInstance' | 'rebootInstance' | 'resetInstance' | 'deleteInstance';

async function act(call: Act, names: readonly string[], wait: boolean): Promise<void> {
  const { client } = connect();
  const ended: Operation[] = [];
  for (const id of names) {
    const operation = await client[call]({ params: { id } });
    ended.push(wait ? await followOperation(client, operation) : operation);
  }
  print(ended.length === 1 ? ended[0] : ended, () => ended.map(operationSentence).join('\n'));
}

export function addInstanceCommands(program: Command): void {
  const instance = program.command('instance').description('instances (云主机)');
  instance
    .command('list')
    .description('list and search')
    .option('--search <text>', 'part of the name')
    .option('--state <state>', 'only in this state')
    .option('--pool <pool>', 'only in this pool')
    .option('--limit <n>', 'at most so many', integerOption, 100)
    .action(async (options: { search?: string; state?: InstanceState; pool?: string; limit: number }) => {
      const { search, state, pool, limit } = options;
      const page = await connect().client.listInstances({
        query: {
          limit,
          ...(search ? { search } : {}),
          ...(state ? { state } : {}),
          ...(pool ? { computePool: pool } : {}),
        },
      });
      print(page, ({ items }) =>
        items.length > 0
          ? instanceTable(items)
          : 'No instance yet. Create one: zhiyun instance create web-1 --disk image=test',
      );
    });
  instance
    .command('create <name>')
    .description('create an instance')
    .option('--pool <pool>', 'compute pool (default: the default pool)')
    .option('--cores <n>', 'cores', integerOption, defaultInstance.cores)
    .addOption(new Option('--memory <size>', 'memory').argParser(bytesOption).default(512 * MiB, '512MiB'))
    .option('--disk <size[,image=name]>', 'a disk; repeat for more', diskOption)
    .option('--iso <image>', 'ISO image in the CD drive')
    .option('--no-start', 'do not start it')
    .option('--no-wait', 'return at once with the operation')
    .action(create);
  instance
    .command('show <instance>')
    .description('one instance, with the reasons of its placement')
    .action(async (id: string) =>
      print(await connect().client.getInstance({ params: { id } }), (found) => {
        const disks = found.disks.map(
          ({ sizeBytes, image }) => `disk ${formatBytes(sizeBytes)}${image ? ` from ${image.name}` : ''}`,
        );
        const placement = found.placement.map(({ node, reason }) => `  ${node.name}: ${reason ?? 'fits'}`);
        const stopped = found.stopReason
          ? `stopped: ${found.stopReason}${found.stopDetail ? ` (${found.stopDetail})` : ''}`
          : undefined;
        return [
          instanceTable([found]),
          ...disks,
          ...(found.iso ? [`iso ${found.iso.name}`] : []),
          ...(stopped ? [stopped] : []),
          'placement:',
          ...placement,
        ].join('\n');
      }),
    );
  const acts: readonly (readonly [string, Act, string])[] = [
    ['start', 'startInstance', 'start'],
    ['stop', 'stopInstance', 'shut down through the guest'],
    ['kill', 'killInstance', 'power off at once'],
    ['reboot', 'rebootInstance', 'shut down through the guest and start again'],
    ['reset', 'resetInstance', 'press the reset button'],
    ['delete', 'deleteInstance', 'delete it and its disks'],
  ];
  for (const [verb, call, description] of acts) {
    instance
      .command(`${verb} <instance...>`)
      .description(description)
      .option('--no-wait', 'return at once with the operation')
      .action((names: string[], options: { wait: boolean }) => act(call, names, options.wait));
  }
  instance
    .command('rename <instance> <name>')
    .description('rename')
    .action(async (id: string, name: string) =>
      print(
        await connect().client.updateInstance({ params: { id }, body: { name } }),
        (renamed) => `renamed to ${renamed.name}`,
      ),
    );
  instance
    .command('screenshot <instance> <file>')
    .description('save its screen as PNG')
    .action(async (id: string, file: string) => {
      const picture = await connect().client.getScreenshot({ params: { id } });
      writeFileSync(file, Buffer.from(await picture.arrayBuffer()));
      print({ file }, () => `saved ${file}`);
    });
  instance.command('console <instance>').description('its serial console; leave with Ctrl-]').action(openSerialConsole);
}
