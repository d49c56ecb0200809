/** `zhiyun instance …`: everything one does with instances. */
import { writeFileSync } from 'node:fs';
import {
  defaultInstance,
  formatBytes,
  type Instance,
  type InstanceState,
  instanceStates,
  MiB,
  minDiskBytes,
} from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import type { Command } from 'commander';
import { connect } from '../connection.ts';
import { openSerialConsole } from '../console-client.ts';
import { writingTo } from '../file-error.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { bytesOption, type DiskOption, diskOption, integerOption } from '../options.ts';
import { CommandError, print } from '../output.ts';
import type { Column } from '../print-list.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { option, subcommand } from './command-words.ts';
import { addInstanceActions } from './instance-actions.ts';
import { instanceDetails } from './instance-details.ts';
import { printHistory } from './instance-history.ts';
import { addList, addShow } from './kind-commands.ts';

const columns: readonly Column<Instance>[] = [
  { head: heads.name, cell: ({ name }) => name },
  { head: heads.state, cell: ({ state }) => term('instance.state', state) },
  { head: heads.pool, cell: ({ computePool }) => computePool.name },
  { head: heads.node, cell: ({ node }) => node?.name ?? '-' },
  { head: heads.cores, cell: ({ cores }) => String(cores) },
  { head: heads.memory, cell: ({ memoryBytes }) => formatBytes(memoryBytes) },
  { head: heads.address, cell: ({ address }) => address ?? '-' },
  { head: heads.id, cell: ({ id }) => id },
];

interface CreateOptions {
  pool?: string;
  cores: number;
  memory: number;
  disk?: DiskOption[];
  iso?: string;
  start: boolean;
  wait: boolean;
  count?: number;
  nameRule?: string;
  firstNumber?: number;
}

/** Of an image of any size: what a disk may be, and no less than the image. */
export function diskBytesFor(virtualSizeBytes: number | null): number {
  if (virtualSizeBytes === null) return defaultInstance.diskBytes;
  return Math.max(minDiskBytes, Math.ceil(virtualSizeBytes / 512) * 512);
}

/** A disk that names only an image is as large as the image. */
async function withSizes(client: RestClient, disks: readonly DiskOption[]) {
  return Promise.all(
    disks.map(async ({ sizeBytes, image }) => {
      if (sizeBytes !== undefined) return { sizeBytes, ...(image ? { image } : {}) };
      if (!image) throw new CommandError(said.diskNeeds());
      const { virtualSizeBytes } = await client.getImage({ params: { id: image } });
      return { sizeBytes: diskBytesFor(virtualSizeBytes), image };
    }),
  );
}

async function create(name: string | undefined, options: CreateOptions): Promise<void> {
  const { disk = [], iso, start, pool, count, nameRule, firstNumber } = options;
  const isOne = name !== undefined && [count, nameRule, firstNumber].every((given) => given === undefined);
  if (!isOne && (name !== undefined || count === undefined || nameRule === undefined))
    throw new CommandError(said.nameOrCount());
  if (start && iso === undefined && !disk.some(({ image }) => image !== undefined))
    throw new CommandError(said.nothingToBoot(name ?? nameRule ?? ''));
  const { client } = connect();
  const body = {
    cores: options.cores,
    memoryBytes: options.memory,
    disks: await withSizes(client, disk),
    start,
    ...(pool ? { computePool: pool } : {}),
    ...(iso ? { iso } : {}),
  };
  const rule = { ...(count !== undefined && { count }), ...(nameRule !== undefined && { nameRule }) };
  const begun = isOne
    ? await client.createInstance({ body: { ...body, name } })
    : await client.createInstances({ body: { ...body, ...rule, ...(firstNumber !== undefined && { firstNumber }) } });
  const operation = options.wait ? await followOperation(client, begun) : begun;
  const sentence = await operationSentence(operation);
  print(operation, () => sentence);
}

interface ListOptions {
  search?: string;
  state?: InstanceState;
  pool?: string;
}

export function addInstanceCommands(instance: Command): void {
  addList(instance, 'instance', {
    help: 'instanceList',
    columns,
    empty: (filtered) => (filtered ? said.noMatch() : said.noInstance()),
    options: [
      option('--search <text>', 'search'),
      option('--state <state>', 'instanceState').choices(instanceStates),
      option('--pool <pool>', 'instancePool'),
      option('--limit <n>', 'limit').argParser(integerOption),
    ],
    filter: ({ search, state, pool }: ListOptions) => ({
      ...(search && { search }),
      ...(state && { state }),
      ...(pool && { computePool: pool }),
    }),
  });
  const memory = defaultInstance.memoryBytes;
  subcommand(instance, 'create [name]', 'instanceCreate')
    .addOption(option('--count <n>', 'createCount').argParser(integerOption))
    .addOption(option('--name-rule <rule>', 'createNameRule'))
    .addOption(option('--first-number <n>', 'createFirstNumber').argParser(integerOption))
    .addOption(option('--pool <pool>', 'createPool'))
    .addOption(option('--cores <n>', 'createCores').argParser(integerOption).default(defaultInstance.cores))
    .addOption(
      option('--memory <size>', 'createMemory')
        .argParser(bytesOption)
        .default(memory, `${memory / MiB}MiB`),
    )
    .addOption(option('--disk <size[,image=name]>', 'createDisk').argParser(diskOption))
    .addOption(option('--iso <image>', 'createIso'))
    .addOption(option('--no-start', 'createNoStart'))
    .addOption(option('--no-wait', 'noWait'))
    .action(create);
  addShow(instance, 'instance', 'instanceShow', instanceDetails);
  addInstanceActions(instance);
  subcommand(instance, 'rename <instance> <name>', 'instanceRename').action(async (id: string, name: string) =>
    print(await connect().client.updateInstance({ params: { id }, body: { name } }), (renamed) =>
      said.renamed(renamed.name),
    ),
  );
  subcommand(instance, 'screenshot <instance> <file>', 'instanceScreenshot').action(
    async (id: string, file: string) => {
      const picture = await connect().client.getScreenshot({ params: { id } });
      writeFileSync(writingTo(file), Buffer.from(await picture.arrayBuffer()));
      print({ file }, () => said.saved(file));
    },
  );
  subcommand(instance, 'history <instance>', 'instanceHistory')
    .addOption(option('--limit <n>', 'limit').argParser(integerOption))
    .action(printHistory);
  subcommand(instance, 'console <instance>', 'instanceConsole').action(openSerialConsole);
}
