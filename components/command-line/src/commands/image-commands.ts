/** `zhiyun image …`: upload, import, list, move; `build-test` makes the small test guest and imports it. */
import { type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import {
  formatBytes,
  type Image,
  type ImageKind,
  imageKindsOf,
  imageNameOf,
  imageStartBytes,
  operationEnded,
} from '@zhiyun/contracts';
import { type RestClient, RestError } from '@zhiyun/contracts/rest';
import type { Command } from 'commander';
import { forgetBegun, noteBegun, wasBegunWith } from '../begun-uploads.ts';
import { cacheDirectory } from '../config.ts';
import { connect } from '../connection.ts';
import { eachTarget } from '../each-target.ts';
import { followOperation, operationFailed, operationSentence } from '../follow-operation.ts';
import { CommandError, fieldList, jsonOutput, print, remark } from '../output.ts';
import { faultSentence } from '../print-error.ts';
import type { Column } from '../print-list.ts';
import { localTime } from '../times.ts';
import { uploadFile } from '../upload.ts';
import { fields, heads } from '../words/columns.ts';
import { text } from '../words/language.ts';
import { about, said } from '../words/said.ts';
import { imageKindName, term } from '../words/terms.ts';
import { option, subcommand } from './command-words.ts';
import { addList, addShow } from './kind-commands.ts';

const columns: readonly Column<Image>[] = [
  { head: heads.name, cell: ({ name }) => name },
  { head: heads.kind, cell: ({ kind }) => imageKindName(kind) },
  { head: heads.state, cell: ({ state }) => term('image.state', state) },
  { head: heads.format, cell: ({ format }) => format ?? '-' },
  { head: heads.file, cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
  {
    head: heads.disk,
    cell: ({ virtualSizeBytes }) => (virtualSizeBytes === null ? '-' : formatBytes(virtualSizeBytes)),
  },
  { head: heads.keptBy, cell: ({ storageServer }) => storageServer?.name || '-' },
  { head: heads.id, cell: ({ id }) => id },
];

const kindOf = (file: string): ImageKind => (extname(file).toLowerCase() === '.iso' ? 'iso' : 'disk');

async function imageSentence({ name, state, error }: Image): Promise<string> {
  const shown = term('image.state', state);
  return about(name, error ? `${shown}. ${await faultSentence(error)}` : shown);
}

async function imageDetails(image: Image): Promise<string> {
  const { virtualSizeBytes, storageServer, error } = image;
  return fieldList([
    [text(fields.name), image.name],
    [text(fields.id), image.id],
    [text(fields.kind), imageKindName(image.kind)],
    [text(fields.state), term('image.state', image.state)],
    [text(fields.error), error ? await faultSentence(error) : undefined],
    [text(fields.description), image.description || undefined],
    [text(fields.created), localTime(image.createdAt)],
    [text(fields.format), image.format ?? undefined],
    [text(fields.fileSize), formatBytes(image.sizeBytes)],
    [text(fields.virtualSize), virtualSizeBytes === null ? undefined : formatBytes(virtualSizeBytes)],
    [text(fields.sha256), image.sha256 ?? undefined],
    [text(fields.keptBy), storageServer?.name],
    [text(fields.instances), String(image.instanceCount)],
  ]);
}

/** After the last byte the platform checks the file; that is an operation of its own. */
async function waitChecked(client: RestClient, id: string): Promise<Image> {
  for (;;) {
    const image = await client.getImage({ params: { id } });
    if (image.state === 'ready' || image.state === 'failed') return image;
    const { items } = await client.listOperations({ query: { target: id, limit: 1 } });
    const [operation] = items;
    if (operation && !operationEnded(operation.state))
      await client.getOperation({ params: { id: operation.id }, query: { waitSeconds: 30 } });
  }
}

async function upload(file: string, options: { name?: string; kind?: ImageKind; sha256?: string }): Promise<void> {
  const facts = statSync(file);
  const name = nameFor(file, options.name);
  const kind = kindFor(await startOf(file), file, options.kind);
  const connection = connect();
  const { client } = connection;
  const image = (await begunUpload(client, name, file, facts)) ?? (await newUpload());
  await uploadFile({ file, sizeBytes: facts.size, image, connection });
  forgetBegun(image.id);
  const checked = await waitChecked(client, image.id);
  if (checked.state !== 'ready') process.exitCode = 1;
  const sentence = await imageSentence(checked);
  print(checked, () => sentence);

  async function newUpload(): Promise<Image> {
    const { sha256 } = options;
    const made = await client.createImage({ body: { name, kind, sizeBytes: facts.size, ...(sha256 && { sha256 }) } });
    noteBegun(made.id, file, facts);
    return made;
  }
}

/** What an earlier call of the same command has begun. */
async function begunUpload(client: RestClient, name: string, file: string, facts: Stats): Promise<Image | undefined> {
  const image = await client.getImage({ params: { id: name } }).catch((error: unknown) => {
    if (error instanceof RestError && error.problem.code === 'not-found') return undefined;
    throw error;
  });
  if (image?.state !== 'uploading' || !wasBegunWith(image.id, file, facts)) return undefined;
  remark(said.uploadContinued(name, formatBytes(image.uploadedBytes)));
  return image;
}

function nameFor(file: string, wanted: string | undefined): string {
  const name = wanted ?? imageNameOf(file);
  if (name === '') throw new CommandError(said.giveName(file));
  return name;
}

async function startOf(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(imageStartBytes), 0, imageStartBytes, 0);
  return buffer.subarray(0, bytesRead);
}

/** Looked at before anything is sent: the platform would refuse it after the last byte. */
function kindFor(start: Buffer, file: string, wanted: ImageKind | undefined): ImageKind {
  const kinds = imageKindsOf(start, file);
  if (wanted === undefined || kinds.includes(wanted)) return wanted ?? kinds[0];
  throw new CommandError(said.isOfKind(file, imageKindName(kinds[0]), kinds[0]));
}

interface ImportOptions {
  name?: string;
  kind?: ImageKind;
  sha256?: string;
  storageServer?: string;
}

async function importFile(path: string, options: ImportOptions): Promise<void> {
  const { client } = connect();
  const begun = await client.importImage({
    body: {
      name: nameFor(path, options.name),
      kind: options.kind ?? kindOf(path),
      path: resolve(path),
      ...(options.sha256 ? { sha256: options.sha256 } : {}),
      ...(options.storageServer ? { storageServer: options.storageServer } : {}),
    },
  });
  const operation = await followOperation(client, begun);
  const sentence = await operationSentence(operation);
  print(operation, () => sentence);
}

async function buildTest(options: { name: string; output?: string }): Promise<void> {
  const { buildTestGuest } = await import('@zhiyun/guest-image');
  const built = await buildTestGuest({
    cacheDirectory: options.output ? resolve(options.output) : cacheDirectory,
    onProgress: (progress) => {
      if (!jsonOutput()) process.stderr.write(`${progress}\n`);
    },
  });
  if (options.output) return print(built, ({ path }) => said.built(path));
  await importFile(built.path, { name: options.name, kind: 'disk', sha256: built.sha256 });
}

const kindOption = () => option('--kind <kind>', 'imageKind').choices(['iso', 'disk']);

export function addImageCommands(image: Command): void {
  addList(image, 'image', { help: 'imageList', columns, empty: said.noImage });
  addShow(image, 'image', 'imageShow', imageDetails);
  subcommand(image, 'upload <file>', 'imageUpload')
    .addOption(option('--name <name>', 'nameOption'))
    .addOption(kindOption())
    .addOption(option('--sha256 <hex>', 'imageSha256'))
    .action(upload);
  subcommand(image, 'import <path>', 'imageImport')
    .addOption(option('--name <name>', 'nameOption'))
    .addOption(kindOption())
    .addOption(option('--sha256 <hex>', 'imageSha256'))
    .addOption(option('--storage-server <component>', 'importStorage'))
    .action(importFile);
  subcommand(image, 'move <image>', 'imageMove')
    .addOption(option('--to <storage-server>', 'imageMoveTo').makeOptionMandatory())
    .action(async (id: string, { to }: { to: string }) => {
      const { client } = connect();
      const operation = await followOperation(
        client,
        await client.moveImage({ params: { id }, body: { storageServer: to } }),
      );
      const sentence = await operationSentence(operation);
      print(operation, () => sentence);
    });
  subcommand(image, 'delete <image...>', 'imageDelete').action(async (names: string[]) => {
    const { client } = connect();
    await eachTarget([...new Set(names)], async (id, alone) => {
      const operation = await followOperation(client, await client.deleteImage({ params: { id } }), alone);
      return { value: operation, sentence: await operationSentence(operation), failed: operationFailed(operation) };
    });
  });
  subcommand(image, 'build-test', 'imageBuildTest')
    .addOption(option('--name <name>', 'buildTestName').default('test'))
    .addOption(option('--output <directory>', 'buildTestOutput'))
    .action(buildTest);
}
