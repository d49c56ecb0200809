/** `zhiyun doctor`: every check with its mend. Exit status 1 when something needed is missing. */
import type { Finding } from './check.ts';
import { checksFor } from './checks.ts';

const marks = { ok: 'ok     ', limited: 'limited', missing: 'MISSING' } as const;

export async function doctor({ home, json }: { home: string; json: boolean }): Promise<number> {
  const findings: Finding[] = [];
  for (const check of checksFor(home)) {
    const found = [await check()].flat();
    findings.push(...found);
    if (json) continue;
    for (const { status, name, detail, mend } of found) {
      console.log(`${marks[status]}  ${name}: ${detail}`);
      if (mend) console.log(`         mend: ${mend}`);
    }
  }
  if (json) console.log(JSON.stringify({ findings }, null, 2));
  return findings.some(({ status }) => status === 'missing') ? 1 : 0;
}
