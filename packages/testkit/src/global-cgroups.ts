/** Vitest's globalSetup of the system tests: control groups of guests whose machine a test has ended as a whole are removed when the run ends. */
import { readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

export default function setup(): () => void {
  const before = new Set(groups());
  return () => {
    for (const group of groups().filter((candidate) => !before.has(candidate))) {
      try {
        rmdirSync(group);
      } catch {
        // Somebody else's: something runs in it, or lies in it.
      }
    }
  };
}

/** All below `zhiyun` in each hierarchy, the innermost first. */
function groups(): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2');
  return mounts.flatMap(([, mount = '']) => below(join(mount, 'zhiyun')));
}

function below(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...entries.flatMap(({ name }) => below(join(directory, name))), directory];
  } catch {
    return [];
  }
}
