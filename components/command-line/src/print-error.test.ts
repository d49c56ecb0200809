import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unsaidErrors } from './print-error.ts';
import { selfSigned } from './testing/certificate.ts';
import { configHome, run, runCli } from './testing/run-cli.ts';
import { notFound } from './testing/samples.ts';

test('a field error is told unless the sentence before has told it', async () => {
  const errors = [
    { path: 'name', message: 'is required' },
    { path: 'disks.0.sizeBytes', message: 'must be more than 0' },
    { path: '', message: 'must hold something' },
  ];
  const detail = 'The request is not valid: name is required; the body must hold something.';
  expect(await unsaidErrors({ detail, errors })).toEqual(['disks.0.sizeBytes: must be more than 0']);
  expect(await unsaidErrors({ detail: 'No node has room.', errors })).toHaveLength(3);
});

test('a certificate of an unknown authority is said with the option that names it', async () => {
  await using config = await configHome();
  const { key, certificate } = await selfSigned(config.path, '127.0.0.1');
  await using server = createServer({ key, cert: certificate }, (_, answer) => answer.end('{}')).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const login = (...more: string[]) =>
    run(['login', '--url', url, ...more], { env: { XDG_CONFIG_HOME: config.path }, input: 'x\n' });
  const { err, code } = await login();
  expect(err).toContain(`zhiyun login --url ${url} --ca FILE`);
  expect(err).not.toMatch(/SELF_SIGNED|self-signed certificate/);
  expect(code).toBe(1);
  await writeFile(join(config.path, 'ca.pem'), certificate);
  expect((await login('--ca', join(config.path, 'ca.pem'))).err).not.toContain('--ca');
  expect((await login('--ca', '/nowhere/ca.pem')).err).toBe('zhiyun: There is no file /nowhere/ca.pem.\n');
});

test('files and addresses that are not there are said in words, in either language', async () => {
  const answer = () => ({ body: {} });
  const upload = ['image', 'upload', '/nowhere/debian.iso'];
  expect(await runCli(upload, answer)).toMatchObject({
    err: 'zhiyun: There is no file /nowhere/debian.iso.\n',
    code: 2,
  });
  const chinese = await runCli(upload, answer, { env: { LC_ALL: 'zh_CN.UTF-8' } });
  expect(chinese.err).toBe('zhiyun: 文件 /nowhere/debian.iso 不存在。\n');
  const screenshot = await runCli(['instance', 'screenshot', 'web', '/nowhere/web.png'], answer);
  expect(screenshot.err).toBe('zhiyun: The directory of /nowhere/web.png does not exist.\n');
  await using config = await configHome({ url: 'http://127.0.0.1:1', token: 't', username: 'admin' });
  const { err, code } = await run(['instance', 'list'], { env: { XDG_CONFIG_HOME: config.path } });
  expect(err).toBe('zhiyun: Nobody answers at http://127.0.0.1:1. Is the platform up? On the server: zhiyun status\n');
  expect(code).toBe(1);
});

test('what the platform says is said in the language of the reader', async () => {
  const answer = () =>
    notFound('There is no instance «web».', { key: 'instance.unknown', params: { reference: 'web' } });
  const english = await runCli(['instance', 'show', 'web'], answer);
  expect(english.err).toBe('zhiyun: There is no instance «web». (not-found)\n');
  const chinese = await runCli(['instance', 'show', 'web', '--lang', 'zh'], answer);
  expect(chinese.err).toBe('zhiyun: 没有云主机“web”。（not-found）\n');
});

test('an ended session is told with the way back', async () => {
  const { err } = await runCli(['whoami'], () => ({
    status: 401,
    body: { code: 'not-authenticated', detail: 'Not signed in.', status: 401 },
  }));
  expect(err).toContain('Sign in again: zhiyun login --url http://127.0.0.1:');
});
