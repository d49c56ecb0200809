/** Fault injection for simulated machines, requested through the instance's name, so that any test above can use it. */
export interface Faults {
  /** `…fail-launch…`: does not start. */
  failLaunch: boolean;
  /** `…ignore-shutdown…`: does not listen to its power button. */
  ignoreShutdown: boolean;
  /** `…die-after-30s…`: crashes that long after its start. */
  dieAfterMs: number | undefined;
  /** `…hang-5s-20s…`: does not answer from 5 s to 20 s after its start. */
  hang: { fromMs: number; untilMs: number } | undefined;
}

export function faultsOf(name: string): Faults {
  const [, from, until] = /hang-(\d+)s-(\d+)s/.exec(name) ?? [];
  const seconds = /die-after-(\d+)s/.exec(name)?.[1];
  return {
    failLaunch: name.includes('fail-launch'),
    ignoreShutdown: name.includes('ignore-shutdown'),
    dieAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000,
    hang: until === undefined ? undefined : { fromMs: Number(from) * 1000, untilMs: Number(until) * 1000 },
  };
}
