import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ComponentId } from '@zhiyun/contracts';
import { newId } from '@zhiyun/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkContext } from '../types.ts';
import { bodyBytes } from './body-bytes.ts';
import { enterProcess, requestInProcess, servedInProcess } from './same-process.ts';
import { Served } from './served.ts';

const gateway = { id: newId<ComponentId>(), type: 'http-gateway' } as const;
const storage = newId<ComponentId>();
let served: Served;
let seen: LinkContext | undefined;
let entered: Disposable;
beforeEach(() => {
  served = new Served();
  served.mount('/echo', ['http-gateway'], (request, response, context) => {
    seen = context;
    void buffer(request).then((bytes) => {
      response.writeHead(201, { 'x-method': request.method, 'x-asked': String(request.headers['x-asked']) });
      response.end(`${request.url} ${bytes.length}`);
    });
  });
  served.mount('/early', ['http-gateway'], (_, response) => {
    response.writeHead(409, {});
    response.end();
  });
  served.mount('/never', ['http-gateway'], () => {});
  served.mount('/broken', ['http-gateway'], (_, response) => response.stream.close());
  entered = enterProcess(storage, served);
});
afterEach(() => entered[Symbol.dispose]());

const ask = (path: string, more: object = {}) =>
  requestInProcess(served, gateway, { method: 'PATCH', path, headers: { 'X-Asked': '1' }, ...more });

test('a request reaches the handler with its caller, and its answer comes back', async () => {
  expect(servedInProcess(storage)).toBe(served);
  const body = Readable.from([Buffer.alloc(100_000), Buffer.alloc(23)]);
  const answer = await ask('/echo?a=b', { body });
  expect(answer).toMatchObject({ status: 201, headers: { 'x-method': 'PATCH', 'x-asked': '1' } });
  expect(String(await bodyBytes(answer))).toBe('/echo?a=b 100023');
  expect(seen?.caller).toEqual(gateway);
  expect(String(await bodyBytes(await ask('/echo', { body: Buffer.from('abc') })))).toBe('/echo 3');
  entered[Symbol.dispose]();
  expect(servedInProcess(storage)).toBeUndefined();
});

test('who may not call is refused, and what is not mounted is not there', async () => {
  const node = { id: newId<ComponentId>(), type: 'node-client' } as const;
  const request = { method: 'PATCH', path: '/echo', headers: {} };
  await expect(requestInProcess(served, node, request)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(ask('/nothing')).rejects.toMatchObject({ code: 'not-found' });
});

test('an answer before the body was read leaves its source alone', async () => {
  const body = new PassThrough();
  body.write(Buffer.alloc(200_000));
  const answer = await ask('/early', { body });
  expect(answer.status).toBe(409);
  await bodyBytes(answer);
  expect(body.destroyed).toBe(false);
  body.end(Buffer.alloc(50));
  expect((await buffer(body)).length).toBe(50);
});

test('a sender that goes away, and a handler that gives no answer, end the request', async () => {
  const abort = new AbortController();
  const waiting = ask('/never', { signal: abort.signal, body: new PassThrough() });
  abort.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(ask('/broken')).rejects.toThrow('without an answer');
  await expect(ask('/never', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
});
