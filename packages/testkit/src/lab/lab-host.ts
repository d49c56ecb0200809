/** One host of the lab: a network, a name, a process table and a home directory of its own; the files are the machine's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { LabProcess } from './lab-process.ts';
import { type FirstProcess, inNetworkOf, startHost } from './lab-world.ts';

export interface RunOptions {
  /** Added to that of the test, in which HOME, ZHIYUN_HOME and XDG_CONFIG_HOME are the host's. */
  env?: NodeJS.ProcessEnv;
}

export interface ExecOptions extends RunOptions {
  input?: string;
  /** Default 60 s. */
  timeoutMs?: number;
}

/** Runs the rest of its arguments, after telling its own pid by the machine's /proc. */
const tellPid = 'read -r pid rest <"$1/self/stat"; echo "$pid" >&3; exec 3>&-; shift; exec "$@"';

export class LabHost {
  readonly name: string;
  /** Its number in the lab, from 1; the name of its cable there is made of it. */
  readonly index: number;
  readonly home: string;
  /** Of eth0. Changed by `lab.move`. */
  address = '';
  readonly #first: FirstProcess;
  readonly #directory: string;
  readonly #processes: LabProcess[] = [];

  private constructor(name: string, index: number, first: FirstProcess, directory: string) {
    this.name = name;
    this.index = index;
    this.#first = first;
    this.#directory = directory;
    this.home = join(directory, 'home');
  }

  static async start(worldPid: number, name: string, index: number, labDirectory: string): Promise<LabHost> {
    const directory = join(labDirectory, name);
    for (const part of ['home', 'machine-proc', 'sys']) await mkdir(join(directory, part), { recursive: true });
    return new LabHost(name, index, await startHost(worldPid, name, directory), directory);
  }

  /** Of the first process of its namespaces, as the machine counts it. */
  get pid(): number {
    return this.#first.pid;
  }
  get processes(): readonly LabProcess[] {
    return this.#processes;
  }

  /** Starts a program in its home; it ends with the lab at the latest. */
  async run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<LabProcess> {
    const words = [command, ...args].join(' ');
    const program = ['sh', '-c', tellPid, 'sh', join(this.#directory, 'machine-proc'), command, ...args];
    const started = await LabProcess.start(
      `${this.name}$ ${words}`,
      ['nsenter', ...this.#enter(), ...program],
      this.#environment(options),
    );
    this.#processes.push(started);
    return started;
  }

  /** What a short command writes. Throws with its words when it fails. */
  async exec(command: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<string> {
    const child = spawn('nsenter', [...this.#enter(), command, ...args], {
      env: this.#environment(options),
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    child.stdin.on('error', () => {}).end(options.input ?? '');
    const [code, signal] = await once(child, 'close');
    if (code === 0) return texts.stdout;
    throw new Error(
      `${this.name}$ ${[command, ...args].join(' ')}: ${signal ?? `exit status ${code}`}\n${texts.stderr || texts.stdout}`,
    );
  }

  /** Changes to its own network, with the tools of the machine. */
  async network(command: string, ...args: string[]): Promise<string> {
    return inNetworkOf(this.pid, command, args);
  }

  /** Sends a signal to one process of its, or to every one, also those that were let go (daemons, guests). */
  async kill(which: LabProcess | 'all', signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (which !== 'all') return which.signal(signal);
    // A broadcast reaches all but the first process and whoever sends it.
    await this.exec('sh', ['-c', `kill -s ${signal.replace('SIG', '')} -- -1`]);
    if (signal === 'SIGKILL') await Promise.all(this.#processes.map(({ ended }) => ended));
  }

  /** A connection that starts in this host, for a test that runs outside of it. */
  connect(port: number, address = '127.0.0.1'): Duplex {
    const child = spawn('nsenter', [...this.#enter(), 'busybox', 'nc', address, String(port)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const connection = Duplex.from({ writable: child.stdin, readable: child.stdout });
    connection.once('close', () => child.kill('SIGKILL'));
    return connection;
  }

  report(): string {
    return this.#processes.map((process) => process.report()).join('');
  }

  /** Its processes and its network are gone when this resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#first[Symbol.asyncDispose]();
  }

  #enter(): string[] {
    return ['--target', String(this.pid), '--pid', '--net', '--uts', '--mount', `--wdns=${this.home}`, '--'];
  }

  #environment({ env }: RunOptions): NodeJS.ProcessEnv {
    const own = { HOME: this.home, ZHIYUN_HOME: this.home, XDG_CONFIG_HOME: join(this.home, 'user') };
    return { ...process.env, ...own, ...env };
  }
}
