/**
 * What tests need of the machine. What it cannot be given here (root, another processor) skips them, with the reason in their name;
 * a program that is not installed is never a good reason: `./zhiyun test` installs what tests need, and its run fails by such a skip.
 */
import { spawnSync } from 'node:child_process';

export interface Requirements {
  /** Why; for example `network namespaces`. */
  rootFor?: string;
  /** As `command -v` finds them, or absolute paths. */
  programs?: readonly string[];
  architecture?: NodeJS.Architecture;
}

/** Why tests that need this cannot run here; undefined: they can. */
export function unmet({ rootFor, programs = [], architecture }: Requirements): string | undefined {
  if (rootFor !== undefined && process.getuid?.() !== 0) return `${rootFor}: needs root`;
  if (architecture !== undefined && process.arch !== architecture) return `only on ${architecture}`;
  const absent = programs.filter((program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0);
  return absent.length > 0 ? `not installed: ${absent.join(', ')}` : undefined;
}

/** The name of a test or group that is skipped for this reason, if there is one. The reporter of the runner reads it there. */
export function skippable(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}
