/** nginx, Caddy and HAProxy with the very configurations that the guide shows, each on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { until } from './platform.ts';

const guide = resolve(import.meta.dirname, '../../docs/guides/reverse-proxy.md');

export interface ProxySettings {
  directory: string;
  /** Where it listens, as `cloud.example`. */
  port: number;
  /** PEM: certificate and key of `cloud.example`. */
  certificateFile: string;
  /** `HOST:PORT` of the gateway, and the file of its CA. */
  gateway: string;
  caFile: string;
}

interface ProxyProgram {
  /** Of its block in the guide. */
  language: string;
  program: string;
  /** Makes of the guide's block a configuration that runs by itself, without privileges on the machine. */
  whole(block: string, directory: string): string;
  parameters(file: string, directory: string): string[];
}

export const proxyPrograms = {
  nginx: {
    language: 'nginx',
    program: '/usr/sbin/nginx',
    whole: (block, directory) =>
      `daemon off;\nworker_processes 1;\npid ${directory}/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}\n${block}\n}\n`,
    parameters: (file, directory) => ['-p', directory, '-c', file, '-e', 'stderr'],
  },
  caddy: {
    language: 'caddyfile',
    program: '/usr/bin/caddy',
    whole: (block) => `{\n\tadmin off\n\tauto_https off\n}\n${block}\n`,
    parameters: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
  haproxy: {
    language: 'haproxy',
    program: '/usr/sbin/haproxy',
    whole: (block) => block,
    parameters: (file) => ['-db', '-f', file],
  },
} as const satisfies Record<string, ProxyProgram>;
export type ProxyName = keyof typeof proxyPrograms;

export function missingProxies(): string[] {
  return Object.values(proxyPrograms)
    .map(({ program }) => program)
    .filter((program) => !existsSync(program));
}

async function guideBlock(language: string): Promise<string> {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(await readFile(guide, 'utf8'))?.[1];
  if (!block) throw new Error(`the guide shows no ${language}`);
  return block;
}

/** Only what a reader replaces, too: addresses and files. */
function fillIn(block: string, { port, certificateFile, gateway, caFile }: ProxySettings): string {
  return block
    .replaceAll('/etc/ssl/cloud.example.pem', certificateFile)
    .replaceAll('/var/lib/zhiyun/ca.pem', caFile)
    .replaceAll('127.0.0.1:8443', gateway)
    .replace('https://cloud.example {', `https://cloud.example:${port} {`)
    .replace('listen 443 ', `listen 127.0.0.1:${port} `)
    .replace('bind :443 ', `bind 127.0.0.1:${port} `);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function startProxy(name: ProxyName, settings: ProxySettings): Promise<AsyncDisposable> {
  const { language, program, whole, parameters } = proxyPrograms[name];
  const { directory, port } = settings;
  const file = join(directory, `${name}.conf`);
  await writeFile(file, whole(fillIn(await guideBlock(language), settings), directory));
  const log = join(directory, `${name}.log`);
  const output = createWriteStream(log);
  const child: ChildProcess = spawn(program, parameters(file, directory), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
  });
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  const ended = once(child, 'close');
  const said = () => readFileSync(log, 'utf8').slice(-2_000);
  await until(async () => {
    // What has ended will not listen any more.
    return child.exitCode !== null || (await answers(port));
  }, `${name} to listen`).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${name} does not listen: ${said()}`, { cause: error });
  });
  if (child.exitCode !== null) throw new Error(`${name} ended: ${said()}`);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(killing);
      output.end();
    },
  };
}
