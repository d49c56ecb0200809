/** IPC messages between the agent and its helper process. */
import type { ProcessExit } from '../hypervisor/qemu/machine-end.ts';
import type { CommandResult, DetachedProgram } from './process-starter.ts';

export type HelperRequest =
  | {
      id: number;
      type: 'run';
      command: string;
      args: readonly string[];
      environment: Record<string, string>;
      input: string;
    }
  | { id: number; type: 'start'; program: DetachedProgram };

export type HelperAnswer =
  | { id: number; type: 'ran'; result: CommandResult }
  | { id: number; type: 'started'; pid: number }
  | { id: number; type: 'exited'; exit: ProcessExit | null }
  | { id: number; type: 'failed'; message: string; code: string | undefined };
