/** What the installed QEMU is and which machine it can be. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PlatformError } from '@zhiyun/kernel';

const run = promisify(execFile);

/** Machine type of all guests, on every node and after every upgrade, as long as QEMU supports it. */
const pinnedMachineType = 'pc-i440fx-7.2';

export interface QemuVersion {
  version: string;
  machineType: string;
}

/** Throws `node-fault` when there is no QEMU that works. */
export async function readQemuVersion(binary: string): Promise<QemuVersion> {
  try {
    const [version, machines] = await Promise.all([run(binary, ['--version']), run(binary, ['-machine', 'help'])]);
    return { version: parseVersion(version.stdout), machineType: chooseMachineType(machines.stdout) };
  } catch (error) {
    const detail = `QEMU does not run (${binary}). Install it: apt-get install qemu-system-x86`;
    throw new PlatformError('node-fault', detail, { cause: error });
  }
}

export function parseVersion(output: string): string {
  const version = /version (\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new Error(`Not a version of QEMU: ${output}`);
  return version;
}

/** The pinned type, or else what `pc` stands for in this QEMU. */
export function chooseMachineType(help: string): string {
  const names = help.split('\n').map((line) => line.split(/\s+/)[0]);
  if (names.includes(pinnedMachineType)) return pinnedMachineType;
  return /^pc\s.*\(alias of (\S+)\)/m.exec(help)?.[1] ?? 'pc';
}
