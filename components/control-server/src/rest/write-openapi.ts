/** Writes docs/api/openapi.json: `node components/control-server/src/rest/write-openapi.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { buildTestApp } from './test-app.ts';

export const documentFile = new URL('../../../../docs/api/openapi.json', import.meta.url);

export async function openApiText(): Promise<string> {
  await using app = await buildTestApp();
  return `${JSON.stringify(app.document(), null, 2)}\n`;
}

if (import.meta.main) {
  await mkdir(new URL('.', documentFile), { recursive: true });
  await writeFile(documentFile, await openApiText());
}
