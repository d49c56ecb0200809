/**
 * A Vite plugin: makes of a build what the Http Gateway serves as it lies there. Beside each file its compressed forms, made once and
 * as small as they get; and `pages.json`, the addresses that are pages.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { pagePaths } from './page-paths.ts';

/** Below, a header costs more than is won. */
const worthBytes = 1_000;
const compressible = /\.(?:js|css|svg|html|json)$/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

async function compressFile(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < worthBytes) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const forms = {
    br: await brotli(content, { params }),
    gz: await zip(content, { level: constants.Z_BEST_COMPRESSION }),
  };
  for (const [extension, smaller] of Object.entries(forms))
    if (smaller.length < content.length) await writeFile(`${file}.${extension}`, smaller);
}

export function readyToServe(): Plugin {
  return {
    name: 'zhiyun-ready-to-serve',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the build has no directory');
      await writeFile(join(dir, 'pages.json'), JSON.stringify(await pagePaths()));
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile() && compressible.test(entry.name) && !entry.parentPath.endsWith('.vite'))
        .map((entry) => join(entry.parentPath, entry.name));
      await Promise.all(files.map(compressFile));
    },
  };
}
