/** `zhiyun service install | remove | status`: whether systemd starts the platform of a home at boot. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { say } from '@zhiyun/contracts';
import { PlatformError, writeDurable } from '@zhiyun/kernel';
import { runProgram } from '../doctor/run-program.ts';
import { homePaths } from '../home-paths.ts';
import { askStatus } from '../host/local-control.ts';
import { unitName, unitText, usualHome } from './unit-text.ts';

const launcher = resolve(import.meta.dirname, '../../../../zhiyun');

export interface ServiceOptions {
  home: string;
  /** `install`, `remove` or `status`. */
  what: string | undefined;
  /** Another system's root directory, for making images: nothing is started there. */
  root: string | undefined;
}

export async function service({ home: given, what, root }: ServiceOptions): Promise<number> {
  const home = resolve(given);
  const systemd = new Systemd(unitName(home), root);
  switch (what) {
    case 'install':
      return install(home, systemd);
    case 'remove':
      return remove(systemd);
    case 'status':
      return status(home, systemd);
    default:
      throw new PlatformError('invalid-request', say('host.service-usage'));
  }
}

/** What a start by hand should say about the next boot; undefined: nothing. */
export function bootOffer(home: string, startedBySystemd: boolean): string | undefined {
  const systemd = new Systemd(unitName(resolve(home)), undefined);
  if (startedBySystemd || process.getuid?.() !== 0 || !systemd.isRunning || existsSync(systemd.unitPath))
    return undefined;
  const where = resolve(home) === usualHome ? '' : ` --home ${resolve(home)}`;
  return `nothing starts it at boot; let systemd do so: ./zhiyun service install${where}`;
}

async function install(home: string, systemd: Systemd): Promise<number> {
  systemd.require();
  await systemd.write(unitText({ home, launcher, node: process.execPath }));
  await systemd.ctl('enable', systemd.unit);
  console.log(`installed ${systemd.unitPath}: the platform starts at boot`);
  if (!systemd.isLive) return 0;
  if ((await askStatus(homePaths(home).socket)) !== undefined) {
    console.log(
      `it runs already, by hand, and goes on. To let systemd keep it from now on: ./zhiyun down --home ${home} && systemctl start ${systemd.unit}`,
    );
    return 0;
  }
  console.log('starting it');
  await systemd.ctl('start', systemd.unit);
  console.log(`started; see ./zhiyun status --home ${home}`);
  return 0;
}

async function remove(systemd: Systemd): Promise<number> {
  if (!existsSync(systemd.unitPath)) {
    console.log(`there is no ${systemd.unitPath}`);
    return 0;
  }
  systemd.require();
  await systemd.ctl('disable', systemd.unit);
  await rm(systemd.unitPath);
  await systemd.reload();
  console.log(
    `removed ${systemd.unitPath}: the platform does not start at boot; if it runs, it goes on until \`zhiyun down\``,
  );
  return 0;
}

/** Exit status 0: starts at boot; 3: does not. */
async function status(home: string, systemd: Systemd): Promise<number> {
  const written = await readFile(systemd.unitPath, 'utf8').catch(() => undefined);
  if (written === undefined) {
    console.log(`not installed: nothing starts the platform of ${home} at boot. ./zhiyun service install changes that`);
    return 3;
  }
  const enabled = await systemd.ask('is-enabled', systemd.unit);
  const active = systemd.isLive ? `, ${await systemd.ask('is-active', systemd.unit)}` : '';
  const isCurrent = written === unitText({ home, launcher, node: process.execPath });
  console.log(`${systemd.unit}: ${enabled}${active} (${systemd.unitPath})`);
  if (!isCurrent) console.log('it is not as this release would write it; ./zhiyun service install renews it');
  return enabled === 'enabled' ? 0 : 3;
}

/** Of this machine, or of another system whose root directory lies here. */
class Systemd {
  readonly unit: string;
  readonly unitPath: string;
  readonly #root: string | undefined;

  constructor(unit: string, root: string | undefined) {
    this.unit = unit;
    this.#root = root === undefined ? undefined : resolve(root);
    this.unitPath = join(this.#root ?? '/', 'etc/systemd/system', unit);
  }

  get isRunning(): boolean {
    return existsSync('/run/systemd/system');
  }
  get isLive(): boolean {
    return this.#root === undefined;
  }

  require(): void {
    if (process.getuid?.() !== 0) throw new PlatformError('forbidden', say('host.service-needs-root'));
    if (this.isLive && !this.isRunning) throw new PlatformError('wrong-state', say('host.no-systemd'));
  }

  async write(text: string): Promise<void> {
    await mkdir(join(this.unitPath, '..'), { recursive: true });
    await writeDurable(this.unitPath, text, 0o644);
    await this.reload();
  }

  async reload(): Promise<void> {
    if (this.isLive) await this.ctl('daemon-reload');
  }

  async ctl(...words: string[]): Promise<void> {
    const done = await runProgram('systemctl', this.#words(words), 16 * 60_000);
    if ('error' in done)
      throw new PlatformError(
        'unavailable',
        say('host.systemctl-failed', { command: words.join(' '), reason: done.error, unit: this.unit }),
      );
  }

  /** One word; `systemctl` answers with an exit status as well, which says the same. */
  async ask(...words: string[]): Promise<string> {
    const answer = await runProgram('systemctl', this.#words(words));
    return 'output' in answer ? answer.output.trim() : (answer.said ?? answer.error).trim();
  }

  #words(words: readonly string[]): string[] {
    return this.#root === undefined ? [...words] : [`--root=${this.#root}`, ...words];
  }
}
