/**
 * `npm run dev:console`: the console with hot reload on a furnished world, whose Control Server starts again on each change. Sign in as
 * `admin`, `operator`, `viewer` or `first`; the password is printed. Ends with Ctrl-C, and leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Disposables } from '@zhiyun/kernel';
import { startTestPostgres } from '@zhiyun/testkit';
import { startFurnishedWorld } from './furnished.ts';
import { untilSignal } from './until-signal.ts';
import { startWatchedControlServer } from './watched-control-server.ts';
import type { World } from './world.ts';

interface Development extends AsyncDisposable {
  world: World;
  ends: Disposables;
}

const consoleRoot = resolve(import.meta.dirname, '../../../components/web-terminal');
const { values } = parseArgs({
  options: { instances: { type: 'string', default: '60' }, port: { type: 'string', default: '5173' } },
});

async function start(): Promise<Development> {
  const ends = new Disposables();
  try {
    const postgres = ends.use(await startTestPostgres());
    const world = ends.use(
      await startFurnishedWorld({
        postgresUrl: postgres.url,
        consoleDirectory: join(consoleRoot, 'dist'),
        startControlServer: startWatchedControlServer,
        publicUrl: `http://127.0.0.1:${values.port}`,
        instances: Number(values.instances),
      }),
    );
    return { world, ends, [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose]() };
  } catch (error) {
    await ends[Symbol.asyncDispose]();
    throw error;
  }
}

async function serve({ world, ends }: Development): Promise<void> {
  console.log(`Sign in as admin, operator, viewer or first; the password is ${world.password}`);
  const manifest = createRequire(join(consoleRoot, 'package.json')).resolve('vite/package.json');
  const vite = spawn(
    process.execPath,
    [join(dirname(manifest), 'bin/vite.js'), '--port', values.port, '--strictPort'],
    { cwd: consoleRoot, stdio: 'inherit', env: { ...process.env, ZHIYUN_URL: world.url } },
  );
  const closed = once(vite, 'close');
  // The world ends after the console.
  ends.add(async () => {
    vite.kill();
    await closed;
  });
  await closed;
}

await untilSignal(start, serve);
