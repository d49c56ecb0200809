/**
 * `npm run dev:console`: the console with hot reload on a furnished world, whose Control Server starts again on each change. Sign in as
 * `admin`, `operator`, `viewer` or `first`; the password is printed. Ends with Ctrl-C, and leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestPostgres } from '@zhiyun/testkit';
import { startFurnishedWorld } from './furnished.ts';
import { startWatchedControlServer } from './watched-control-server.ts';

const consoleRoot = resolve(import.meta.dirname, '../../../components/web-terminal');
const { values } = parseArgs({
  options: { instances: { type: 'string', default: '60' }, port: { type: 'string', default: '5173' } },
});

await using postgres = await startTestPostgres();
await using world = await startFurnishedWorld({
  postgresUrl: postgres.url,
  consoleDirectory: join(consoleRoot, 'dist'),
  startControlServer: startWatchedControlServer,
  publicUrl: `http://127.0.0.1:${values.port}`,
  instances: Number(values.instances),
});
console.log(`Sign in as admin, operator, viewer or first; the password is ${world.password}`);
const manifest = createRequire(join(consoleRoot, 'package.json')).resolve('vite/package.json');
const vite = spawn(process.execPath, [join(dirname(manifest), 'bin/vite.js'), '--port', values.port, '--strictPort'], {
  cwd: consoleRoot,
  stdio: 'inherit',
  env: { ...process.env, ZHIYUN_URL: world.url },
});
const { promise: over, resolve: end } = Promise.withResolvers<void>();
vite.once('close', () => end());
// Ctrl-C goes to both; the world ends after the console.
process.on('SIGINT', () => vite.kill('SIGINT')).on('SIGTERM', () => vite.kill('SIGTERM'));
await over;
