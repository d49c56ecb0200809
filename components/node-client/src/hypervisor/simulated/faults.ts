/** What a simulated machine does wrong, asked for through its instance's name, so that any test above can ask. */
export interface Faults {
  /** `…fail-launch…`: does not start. */
  failLaunch: boolean;
  /** `…ignore-shutdown…`: does not listen to its power button. */
  ignoreShutdown: boolean;
  /** `…die-after-30s…`: crashes that long after its start. */
  dieAfterMs: number | undefined;
}

export function faultsOf(name: string): Faults {
  const seconds = /die-after-(\d+)s/.exec(name)?.[1];
  return {
    failLaunch: name.includes('fail-launch'),
    ignoreShutdown: name.includes('ignore-shutdown'),
    dieAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
}
