/**
 * The helper process: forks programs for the agent, reports their exit, and ends with the agent. Detached programs go
 * on.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemErrorCode } from '@zhiyun/kernel';
import type { HelperAnswer, HelperRequest } from './helper-messages.ts';
import { directStarter } from './process-starter.ts';

const answer = (message: HelperAnswer) => {
  if (process.connected) process.send?.(message);
};

async function serve(request: HelperRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.type === 'run') {
      const { command, args, environment, input } = request;
      answer({ id, type: 'ran', result: await directStarter.run(command, args, environment, input) });
      return;
    }
    const { pid, exit } = await directStarter.startDetached(request.program);
    answer({ id, type: 'started', pid });
    answer({ id, type: 'exited', exit: await exit });
  } catch (error) {
    answer({
      id,
      type: 'failed',
      message: error instanceof Error ? error.message : String(error),
      code: systemErrorCode(error),
    });
  }
}

takeNoProtection();

process.on('message', (message) => void serve(message as HelperRequest));
process.on('disconnect', () => process.exit());
// A Ctrl-C in the terminal goes to the whole group; the helper ends with its agent, not before it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

/**
 * Drops the OOM protection that a service manager may give the platform: guests started from here must not inherit it.
 */
function takeNoProtection(): void {
  const path = '/proc/self/oom_score_adj';
  try {
    if (Number(readFileSync(path, 'utf8')) < 0) writeFileSync(path, '0');
  } catch {
    // No Linux that has it: nothing to inherit.
  }
}
