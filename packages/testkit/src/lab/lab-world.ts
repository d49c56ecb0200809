/**
 * What the lab's life hangs on: a PID namespace whose first process reads a pipe that only the test process holds. When that
 * one ends, however it ends, the pipe closes, the first process ends, the kernel kills everything in the namespace (hosts are
 * nested in it), interfaces and namespaces go with the last process in them, and a shell outside removes the directory.
 * The world's own network namespace holds the bridges that join the hosts.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const executeFile = promisify(execFile);

/** Lives until its standard input ends; who is left without a parent becomes its child and is reaped by being ignored. */
const untilEnd = `
  echo "$pid"
  exec env --ignore-signal=CHLD cat >/dev/null`;

/** Tells its pid as the machine counts it, by the machine's /proc. */
const firstProcess = `
  read -r pid rest </proc/self/stat
  mount -t proc proc /proc
  ip link set lo up
  echo 1 >/proc/sys/net/ipv4/ip_forward${untilEnd}`;
const world = `unshare --pid --fork --kill-child --net --mount sh -c "$1"; rm -rf "$2"`;

const firstProcessOfHost = `
  name=$1 directory=$2
  read -r pid rest </proc/self/stat
  mount --bind /proc "$directory/machine-proc"
  mount -t proc proc /proc
  mount -t sysfs sysfs "$directory/sys"
  mount --rbind /sys/fs/cgroup "$directory/sys/fs/cgroup"
  mount --move "$directory/sys" /sys
  hostname "$name"
  ip link set lo up${untilEnd}`;

/** A namespace's first process: `pid` names it, its end ends everything inside. */
export class FirstProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #holder: ChildProcess;

  constructor(pid: number, holder: ChildProcess) {
    this.pid = pid;
    this.#holder = holder;
  }

  /** Resolves when everything inside is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.stdin?.destroy();
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) await once(this.#holder, 'exit');
  }
}

/** `directory` is removed at the end. */
export function startWorld(directory: string): Promise<FirstProcess> {
  return start('sh', ['-c', world, 'sh', firstProcess, directory]);
}

/** `directory`: with the empty directories `machine-proc` and `sys`, which are covered inside only. */
export function startHost(worldPid: number, name: string, directory: string): Promise<FirstProcess> {
  const inside = ['unshare', '--pid', '--fork', '--kill-child', '--net', '--uts', '--mount'];
  const program = ['sh', '-ec', firstProcessOfHost, 'sh', name, directory];
  return start('nsenter', ['--target', String(worldPid), '--pid', '--', ...inside, ...program]);
}

/** Runs a short program in the network of a namespace, with the files and pids of the machine. */
export async function inNetworkOf(pid: number, command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await executeFile('nsenter', [`--net=/proc/${pid}/ns/net`, command, ...args]);
  return stdout;
}

async function start(command: string, args: readonly string[]): Promise<FirstProcess> {
  // In a session of its own: what ends the test's process group must not end its cleaning up.
  const holder = spawn(command, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  holder.stdin.on('error', () => {});
  const ended = once(holder, 'exit').then(() => [undefined]);
  const [line] = await Promise.race([once(createInterface({ input: holder.stdout }), 'line'), ended]);
  if (!line) throw new Error(`The lab could not make a namespace: ${said.trim() || 'no reason was given'}`);
  return new FirstProcess(Number(line), holder);
}
