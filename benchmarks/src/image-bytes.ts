/**
 * Bytes of images. To a node of the Storage Server's machine: time of the first create from an image less that of the next, beside
 * `cp --sparse=always` and `sha256sum` of the same file (goal ≤ 2 ×). Upload by the CLI until the image is ready, beside curl
 * sending the same body over TLS to nginx, which stores it (goal ≥ 0.7 of its speed). Processor seconds per GiB of both.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GiB, MiB } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { startPlatform, until } from '../../system-tests/src/platform.ts';
import { judge, line, percentile } from './statistics.ts';

const rounds = Number(process.argv[2] ?? 3);
const port = Number(process.argv[3] ?? 9643);
const ticksPerSecond = 100;

interface Took {
  seconds: number;
  /** Of the processes that were started for it. */
  cpuSeconds: number;
}

/** Runs a shell command to its end. */
async function took(command: string, env: NodeJS.ProcessEnv = {}): Promise<Took> {
  const timed = `TIMEFORMAT='%R %U %S'; time { ${command} >&3; } 3>/dev/null`;
  const child = spawn('bash', ['-c', timed], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  const [seconds = 0, user = 0, system = 0] = (words.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (code !== 0) throw new Error(`${command}: ${words}`);
  return { seconds, cpuSeconds: user + system };
}

async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** A disk that has `dataBytes` of data that cannot be guessed, and then a hole. */
async function makeDisk(path: string, dataBytes: number, sizeBytes: number): Promise<void> {
  await using file = await open(path, 'w', 0o644);
  for (let at = 0; at < dataBytes; at += MiB) {
    const bytes = randomBytes(MiB);
    if (at === 0) bytes.fill(0, 0, 512).writeUInt16LE(0xaa55, 510);
    await file.write(bytes);
  }
  await file.truncate(sizeBytes);
}

async function startNginx(directory: string) {
  const certificate = join(directory, 'tls');
  await took(
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${certificate}.key -out ${certificate}.pem -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null`,
  );
  await mkdir(join(directory, 'kept'));
  const configuration = join(directory, 'nginx.conf');
  await writeFile(
    configuration,
    `daemon off; user root; pid ${directory}/pid; error_log stderr warn; events {}
     http { access_log off; client_body_temp_path ${directory}/body; client_max_body_size 0; client_body_buffer_size 1m;
       server { listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate}.pem; ssl_certificate_key ${certificate}.key;
         location / { root ${directory}/kept; dav_methods PUT; } } }`,
  );
  const child = spawn('nginx', ['-p', directory, '-c', configuration], { stdio: ['ignore', 'ignore', 'inherit'] });
  await until(async () => (await readFile(`${directory}/pid`, 'utf8')) !== '', 'nginx');
  const workers = async () =>
    (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ').map(Number);
  return {
    ca: `${certificate}.pem`,
    cpu: async () => (await Promise.all((await workers()).map(cpuOf))).reduce((sum, seconds) => sum + seconds, 0),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

const directory = await mkdtemp(join(tmpdir(), 'zhiyun-image-bytes-'));
await chmod(directory, 0o711);
const platform = await startPlatform();
const nginx = await startNginx(directory);
try {
  const full = join(directory, 'full.img');
  const half = join(directory, 'half.img');
  await makeDisk(full, 1 * GiB, 1 * GiB);
  await makeDisk(half, 512 * MiB, 1 * GiB);
  const { client } = platform;
  const session = { ZHIYUN_HOME: platform.home, XDG_CONFIG_HOME: join(platform.home, 'user') };
  const create = async (name: string, image: string): Promise<number> => {
    const started = systemClock.monotonicMs();
    const disks = [{ sizeBytes: 1 * GiB, image }];
    const begun = await client.createInstance({ body: { name, cores: 1, memoryBytes: 64 * MiB, disks, start: false } });
    const operation = await client.getOperation({ params: { id: begun.id }, query: { waitSeconds: 60 } });
    if (operation.state !== 'succeeded') throw new Error(JSON.stringify(operation.error));
    const ms = systemClock.monotonicMs() - started;
    await client.getOperation({
      params: { id: (await client.deleteInstance({ params: { id: name } })).id },
      query: { waitSeconds: 60 },
    });
    return ms / 1000;
  };

  const figures = { upload: [], nginx: [], fetch: [], tools: [], uploadCpu: [], nginxCpu: [] } as Record<
    string,
    number[]
  >;
  const add = (name: string, value: number) => figures[name]?.push(value);
  for (let round = 0; round < rounds; round++) {
    const nginxBefore = await nginx.cpu();
    const stored = await took(
      `curl -sS --fail --cacert ${nginx.ca} -T ${full} https://127.0.0.1:${port}/full-${round} -o /dev/null`,
    );
    add('nginx', stored.seconds);
    add('nginxCpu', stored.cpuSeconds + (await nginx.cpu()) - nginxBefore);
    await rm(join(directory, 'kept', `full-${round}`));

    const before = await cpuOf(platform.pid);
    const sent = await took(
      `${join(import.meta.dirname, '../../zhiyun')} image upload ${full} --name full-${round}`,
      session,
    );
    add('upload', sent.seconds);
    add('uploadCpu', sent.cpuSeconds + (await cpuOf(platform.pid)) - before);

    for (const [name, file] of [
      ['full', full],
      ['half', half],
    ] as const) {
      const image = `${name}-${round}`;
      if (name === 'half')
        await took(`${join(import.meta.dirname, '../../zhiyun')} image import ${half} --name ${image}`, session);
      const copy = join(directory, 'copy.img');
      const tools = await took(`cp --sparse=always ${file} ${copy} && sha256sum ${copy}`);
      await rm(copy);
      const first = await create(`first-${name}-${round}`, image);
      const next = await create(`next-${name}-${round}`, image);
      add('tools', tools.seconds);
      add('fetch', first - next);
    }
  }
  for (const [name, values] of Object.entries(figures)) console.log(line(name, values, 's'));
  const median = (name: string) => percentile(figures[name] ?? [], 0.5);
  const fetchRatio = median('fetch') / median('tools');
  const uploadRatio = median('nginx') / median('upload');
  console.log(
    `processor seconds per GiB of the upload, beside curl and nginx: ${(median('uploadCpu') / median('nginxCpu')).toFixed(1)} ×`,
  );
  const met = [
    judge('image to a node of the same machine / cp and sha256sum', fetchRatio, '≤ 2', fetchRatio <= 2),
    judge('speed of an upload / that of curl to nginx', uploadRatio, '≥ 0.7', uploadRatio >= 0.7),
  ];
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  await nginx.stop();
  await platform[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
}
