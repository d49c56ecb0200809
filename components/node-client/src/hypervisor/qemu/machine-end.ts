/** Why a machine is no more: pure, from what was seen of it. */
import type { MachineEnd } from '../hypervisor.ts';

/** How the process went; null where it was not our child and nobody can say. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What QEMU says of a guest that will never run on, by its run state. Other states pass or go on. */
export const finalRunStates: Readonly<Record<string, MachineEnd>> = {
  shutdown: { reason: 'guest-shutdown', detail: 'The guest shut itself down.' },
  'guest-panicked': { reason: 'crashed', detail: "The guest's kernel panicked." },
  'internal-error': { reason: 'crashed', detail: 'The processor met a state that virtualisation cannot go on from.' },
};

export interface Evidence {
  /** Of `finalRunStates`, when one was seen before the process went. */
  finalState: MachineEnd | undefined;
  killRequested: boolean;
  /** QEMU announced that it ends because of a signal (SIGTERM, SIGINT, SIGHUP). */
  signalled: boolean;
  exit: ProcessExit | null;
  /** The kernel has ended it because it wanted more memory than it may have. */
  outOfMemory: boolean;
  lastWords: string | null;
}

export function machineEnd({
  finalState,
  killRequested,
  signalled,
  exit,
  outOfMemory,
  lastWords,
}: Evidence): MachineEnd {
  if (finalState !== undefined) return finalState;
  if (killRequested) return { reason: 'killed', detail: null };
  if (outOfMemory) return { reason: 'crashed', detail: 'QEMU needed more memory than it may have, and was ended.' };
  const words = lastWords === null ? '' : ` Its last words: ${lastWords}`;
  if (signalled)
    return { reason: 'killed', detail: `QEMU was told to end by a signal from outside the platform.${words}` };
  return { reason: 'crashed', detail: `${describeExit(exit)}${words}` };
}

export function describeExit(exit: ProcessExit | null): string {
  if (exit === null) return 'QEMU ended unexpectedly.';
  if (exit.signal !== null) return `QEMU was killed by ${exit.signal}.`;
  return `QEMU ended with status ${exit.code}.`;
}
