/** What a process spends its time with: a CPU profile, to be opened with Chromium's DevTools or any reader of `.cpuprofile`. */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

export interface RunningProfile {
  writeTo(file: string): Promise<void>;
}

export async function startProfile(): Promise<RunningProfile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  await session.post('Profiler.start');
  return {
    async writeTo(file) {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      await writeFile(file, JSON.stringify(profile));
    },
  };
}
