/** Bodies that nobody wants, or that never come, cost the gateway nothing worth speaking of. */
import { once } from 'node:events';
import type { IncomingMessage, Agent as PlainAgent } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { newId, PlatformError, systemClock } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bodiesPerAddress, createBodyReader, maxBodyBytes, unknownSenderBytes } from './request-body.ts';
import { type GatewayStage, signedIn, startGatewayStage } from './testing/gateway-stage.ts';

describe('the reader', () => {
  const letIn = async () => {};
  const request = (stream: PassThrough, more: object = {}) => ({
    stream,
    announcedBytes: undefined,
    address: '192.0.2.1',
    admit: letIn,
    ...more,
  });
  const refuse = async () => {
    throw new PlatformError('not-authenticated', 'Sign in first.');
  };

  it('asks who it is before it takes more than a little', async () => {
    const readBody = createBodyReader(systemClock);
    const large = new PassThrough();
    const reading = readBody(request(large, { announcedBytes: maxBodyBytes, admit: refuse }));
    await expect(reading).rejects.toMatchObject({ code: 'not-authenticated' });
    const creeping = new PassThrough();
    const creepingIn = readBody(request(creeping, { admit: refuse }));
    creeping.write(Buffer.alloc(unknownSenderBytes));
    creeping.write('x');
    await expect(creepingIn).rejects.toMatchObject({ code: 'not-authenticated' });
    const small = new PassThrough();
    small.end('{}');
    expect(String(await readBody(request(small, { admit: refuse })))).toBe('{}');
  });

  it('takes little where nobody needs to be known', async () => {
    const readBody = createBodyReader(systemClock);
    const body = new PassThrough();
    body.write(Buffer.alloc(unknownSenderBytes + 1));
    await expect(readBody(request(body, { admit: undefined }))).rejects.toMatchObject({ code: 'payload-too-large' });
  });

  it('does not wait for ever', async () => {
    const clock = virtualClock();
    const reading = createBodyReader(clock)(request(new PassThrough()));
    const refused = expect(reading).rejects.toMatchObject({ code: 'request-timeout' });
    await clock.advance(15_000);
    await refused;
  });

  it('takes so many of one address, and others beside', async () => {
    const readBody = createBodyReader(systemClock);
    const streams = Array.from({ length: bodiesPerAddress }, () => new PassThrough());
    const reading = streams.map((stream) => readBody(request(stream)));
    await expect(readBody(request(new PassThrough()))).rejects.toMatchObject({ code: 'too-many-requests' });
    const other = new PassThrough();
    other.end();
    await readBody(request(other, { address: '192.0.2.2' }));
    for (const stream of streams) stream.end();
    await Promise.all(reading);
    const again = new PassThrough();
    again.end();
    await readBody(request(again));
  });
});

let stage: GatewayStage;
beforeEach(async () => {
  stage = await startGatewayStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

test('150 stalled bodies of somebody unknown are answered at once', async () => {
  const agent = new Agent({ ca: stage.ca, maxSockets: 150 });
  const statuses = await Promise.all(
    Array.from({ length: 150 }, async (_, index) => {
      const request = secureRequest({
        agent,
        port: stage.port,
        path: '/api/v1/instances',
        method: 'POST',
        headers: { 'content-length': 1024 * 1024, ...(index % 2 === 0 && { authorization: 'Bearer guessed' }) },
      });
      request.on('error', () => {});
      request.write(Buffer.alloc(512 * 1024));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    }),
  );
  agent.destroy();
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(stage.heard).toEqual([]);
});

test('a body that is expected to be asked for is asked for, unless its sender is refused', async () => {
  const send = async (headers: Record<string, string>) => {
    const request = secureRequest({
      port: stage.port,
      ca: stage.ca,
      path: '/api/v1/instances',
      method: 'POST',
      headers: { ...headers, expect: '100-continue', 'content-length': 2 },
    });
    let wasAsked = false;
    request.on('continue', () => {
      wasAsked = true;
      request.end('{}');
    });
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    request.destroy();
    return [wasAsked, response.statusCode];
  };
  expect(await send(signedIn)).toEqual([true, 200]);
  expect(await send({})).toEqual([false, 401]);
});

test('an upload that is answered before it is read leaves its connection usable', async () => {
  // As the Storage Server does with the second of two at once: it answers and reads nothing.
  stage.uploads = (_request, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' });
    response.end('{"code":"upload-offset-mismatch"}');
  };
  const agent = new Agent({ ca: stage.ca, keepAlive: true, maxSockets: 1 });
  const send = async (method: string, path: string, body = '') => {
    const request = secureRequest({ agent: agent as PlainAgent, port: stage.port, path, method, headers: signedIn });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return [response.statusCode, await text(response)];
  };
  try {
    for (const bytes of [10, 100_000, 8 * 1024 * 1024]) {
      const path = `/api/v1/images/${newId()}/content`;
      expect(await send('PATCH', path, 'x'.repeat(bytes)), `${bytes}`).toEqual([
        409,
        expect.stringContaining('mismatch'),
      ]);
      expect(await send('GET', '/api/v1/system'), `after ${bytes}`).toEqual([200, '{"fine":true}']);
    }
  } finally {
    agent.destroy();
  }
});
