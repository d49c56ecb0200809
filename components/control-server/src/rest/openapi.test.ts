import { readFile } from 'node:fs/promises';
import { type Route, routes } from '@zhiyun/contracts/rest';
import { describe, expect, it } from 'vitest';
import { buildTestApp } from './test-app.ts';
import { documentFile, openApiText } from './write-openapi.ts';

interface Operation {
  operationId: string;
  'x-policy': string;
  security: unknown[];
}

describe('the OpenAPI document', () => {
  it('is served to anybody and names every row of the table with its policy', async () => {
    await using app = await buildTestApp();
    const answer = await app.inject({ url: '/api/v1/openapi.json' });
    expect(answer.statusCode).toBe(200);
    const document = answer.json();
    expect(document.openapi).toBe('3.1.0');
    const operations: Operation[] = Object.values<Record<string, Operation>>(document.paths)
      .flatMap(Object.values)
      .filter((each) => each.operationId in routes);
    const expected = Object.entries<Route>(routes).map(([name, { policy }]) => [
      name,
      policy,
      policy === 'public' ? 0 : 2,
    ]);
    const found = operations.map((each) => [each.operationId, each['x-policy'], each.security.length]);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('tells what is no row of the table: uploads, the live feed, consoles', async () => {
    const { paths, info, servers } = JSON.parse(await openApiText());
    expect(Object.keys(paths['/api/v1/images/{id}/content'])).toEqual(['head', 'patch']);
    expect(paths['/api/v1/consoles/{kind}/{ticket}'].description).toContain('RFB');
    const { get } = paths['/api/v1/events'];
    expect(Object.keys(get.responses[200].content)).toEqual(['application/json', 'text/event-stream']);
    expect(get.responses).toMatchObject({ 401: {}, 403: {}, 429: {}, default: {} });
    expect(info).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      license: { identifier: 'Apache-2.0' },
    });
    expect(servers).toHaveLength(1);
  });

  it('refers only to schemas that it holds', async () => {
    const text = await openApiText();
    const names = Object.keys(JSON.parse(text).components.schemas);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(references).toContain('Instance');
    expect(names).toEqual(expect.arrayContaining([...new Set(references)]));
  });

  it('is committed as it is now (else run write-openapi.ts)', async () => {
    expect(await readFile(documentFile, 'utf8')).toBe(await openApiText());
  });
});
