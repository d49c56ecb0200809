/** What this machine is and can do. */
import { constants, copyFile, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { NodeFacts } from '@zhiyun/contracts';
import type { HypervisorFacts } from '../hypervisor/hypervisor.ts';
import { diskSpace } from './disk-space.ts';

const architectures: Partial<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

export async function readNodeFacts(
  directory: string,
  hypervisor: HypervisorFacts,
  cgroupVersion: NodeFacts['cgroupVersion'],
): Promise<NodeFacts> {
  const processors = cpus();
  const { total } = diskSpace(await statfs(directory));
  return {
    hostname: hostname(),
    architecture: architectures[arch()] ?? arch(),
    kernel: release(),
    cpuModel: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    diskBytes: total,
    hypervisor: hypervisor.kind,
    hypervisorVersion: hypervisor.version,
    accelerator: hypervisor.accelerator,
    cgroupVersion,
    reflink: await canReflink(directory),
  };
}

/** Found by trying it. */
async function canReflink(directory: string): Promise<boolean> {
  const trial = await mkdtemp(join(directory, 'reflink-'));
  try {
    await writeFile(join(trial, 'a'), 'x'.repeat(4096));
    await copyFile(join(trial, 'a'), join(trial, 'b'), constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(trial, { recursive: true });
  }
}
