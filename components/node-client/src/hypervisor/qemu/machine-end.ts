/** Derives why a machine ended from what was observed. Pure. */
import type { MachineEnd } from '../hypervisor.ts';

/** Exit of the process; null where it was not our child and nobody knows. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** QEMU's run states that a guest never leaves, as ends. Other states pass or continue. */
export const finalRunStates: Readonly<Record<string, MachineEnd>> = {
  shutdown: { reason: 'guest-shutdown', detail: 'The guest shut itself down.' },
  'guest-panicked': { reason: 'crashed', detail: "The guest's kernel panicked." },
  'internal-error': { reason: 'crashed', detail: 'The processor met a state that virtualisation cannot go on from.' },
};

export interface Evidence {
  /** Entry of `finalRunStates` observed before the process ended. */
  finalState: MachineEnd | undefined;
  killRequested: boolean;
  /** QEMU announced that it ends because of a signal (SIGTERM, SIGINT, SIGHUP). */
  signalled: boolean;
  exit: ProcessExit | null;
  /** The OOM killer ended it. */
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
