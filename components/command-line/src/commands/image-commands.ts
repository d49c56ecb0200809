/** `zhiyun image …`: upload, import, list, move; `build-test` makes the small test guest and imports it. */
import { statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { formatBytes, type Image, type ImageKind, operationEnded } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import { buildTestGuest } from '@zhiyun/guest-image';
import type { Command } from 'commander';
import { Option } from 'commander';
import { cacheDirectory } from '../config.ts';
import { connect } from '../connection.ts';
import { followOperation, operationSentence } from '../follow-operation.ts';
import { jsonOutput, print, table } from '../output.ts';
import { uploadFile } from '../upload.ts';

function imageTable(images: readonly Image[]): string {
  const rows = images.map(({ name, kind, state, format, sizeBytes, virtualSizeBytes, storageServer, id }) => [
    name,
    kind,
    state,
    format ?? '-',
    formatBytes(sizeBytes),
    virtualSizeBytes === null ? '-' : formatBytes(virtualSizeBytes),
    storageServer?.name || '-',
    id,
  ]);
  return table(['NAME', 'KIND', 'STATE', 'FORMAT', 'FILE', 'DISK', 'KEPT BY', 'ID'], rows);
}

const kindOf = (file: string): ImageKind => (extname(file).toLowerCase() === '.iso' ? 'iso' : 'disk');

function imageSentence(image: Image): string {
  return image.error
    ? `${image.name}: ${image.state}. ${image.error.detail} (${image.error.code})`
    : `${image.name}: ${image.state}`;
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
  const { client, session } = connect();
  const { size } = statSync(file);
  const image = await client.createImage({
    body: {
      name: options.name ?? basename(file, extname(file)),
      kind: options.kind ?? kindOf(file),
      sizeBytes: size,
      ...(options.sha256 ? { sha256: options.sha256 } : {}),
    },
  });
  await uploadFile({ file, sizeBytes: size, image, session });
  const checked = await waitChecked(client, image.id);
  if (checked.state !== 'ready') process.exitCode = 1;
  print(checked, imageSentence);
}

interface ImportOptions {
  name?: string;
  kind?: ImageKind;
  sha256?: string;
  storageServer?: string;
}

async function importFile(path: string, options: ImportOptions): Promise<void> {
  const { client } = connect();
  const operation = await client.importImage({
    body: {
      name: options.name ?? basename(path, extname(path)),
      kind: options.kind ?? kindOf(path),
      path: resolve(path),
      ...(options.sha256 ? { sha256: options.sha256 } : {}),
      ...(options.storageServer ? { storageServer: options.storageServer } : {}),
    },
  });
  print(await followOperation(client, operation), operationSentence);
}

async function buildTest(options: { name: string; output?: string }): Promise<void> {
  const built = await buildTestGuest({
    cacheDirectory: options.output ? resolve(options.output) : cacheDirectory,
    onProgress: (text) => {
      if (!jsonOutput()) process.stderr.write(`${text}\n`);
    },
  });
  if (options.output) return print(built, ({ path }) => `built ${path}`);
  await importFile(built.path, { name: options.name, kind: 'disk', sha256: built.sha256 });
}

const kindOption = () =>
  new Option('--kind <kind>', 'default: by the ending of the file name').choices(['iso', 'disk']);

export function addImageCommands(program: Command): void {
  const image = program.command('image').description('ISO and disk images (镜像)');
  image
    .command('list')
    .description('list images')
    .action(async () =>
      print(await connect().client.listImages({ query: { limit: 500 } }), ({ items }) =>
        items.length > 0
          ? imageTable(items)
          : 'No image yet. Upload one: zhiyun image upload FILE, or make the small test guest: zhiyun image build-test',
      ),
    );
  image
    .command('show <image>')
    .description('one image')
    .action(async (id: string) =>
      print(
        await connect().client.getImage({ params: { id } }),
        (found) =>
          `${imageTable([found])}${found.sha256 ? `\nsha256 ${found.sha256}` : ''}${found.error ? `\n${found.error.detail}` : ''}`,
      ),
    );
  image
    .command('upload <file>')
    .description('upload a file from this machine; continues where it was cut')
    .option('--name <name>', 'default: the file name')
    .addOption(kindOption())
    .option('--sha256 <hex>', 'checked on arrival')
    .action(upload);
  image
    .command('import <path>')
    .description('import a file on the server (administrators)')
    .option('--name <name>', 'default: the file name')
    .addOption(kindOption())
    .option('--sha256 <hex>', 'checked')
    .option('--storage-server <component>', 'the file is on its machine (default: the one with the most room)')
    .action(importFile);
  image
    .command('move <image>')
    .description('to another Storage Server; it can be used all the while')
    .requiredOption('--to <storage-server>', 'who is to keep it')
    .action(async (id: string, { to }: { to: string }) => {
      const { client } = connect();
      const operation = await client.moveImage({ params: { id }, body: { storageServer: to } });
      print(await followOperation(client, operation), operationSentence);
    });
  image
    .command('delete <image>')
    .description('delete an image that no disk uses')
    .action(async (id: string) => {
      const { client } = connect();
      print(await followOperation(client, await client.deleteImage({ params: { id } })), operationSentence);
    });
  image
    .command('build-test')
    .description('build a small Linux test guest from Debian packages and import it')
    .option('--name <name>', 'name of the image', 'test')
    .option('--output <directory>', 'only build it, there')
    .action(buildTest);
}
