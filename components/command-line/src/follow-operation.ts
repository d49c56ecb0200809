/** Waits for an operation and shows its steps while it goes. */
import { type Operation, operationEnded } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import { jsonOutput } from './output.ts';

function line(operation: Operation): string {
  const step = operation.steps.find(({ state }) => state === 'running' || state === 'undoing');
  return `${operation.kind} ${operation.target.name}: ${Math.round(operation.progress * 100)} %${step ? ` (${step.name})` : ''}`;
}

/** Resolves with the ended operation; a failed one is told by the exit status and its error. */
export async function followOperation(client: RestClient, operation: Operation): Promise<Operation> {
  const showProgress = process.stderr.isTTY && !jsonOutput();
  let current = operation;
  while (!operationEnded(current.state) && current.state !== 'stuck') {
    if (showProgress) process.stderr.write(`\r\x1b[K${line(current)}`);
    current = await client.getOperation({
      params: { id: operation.id },
      query: { waitSeconds: showProgress ? 1 : 30 },
    });
  }
  if (showProgress) process.stderr.write('\r\x1b[K');
  if (current.state !== 'succeeded') process.exitCode = 1;
  return current;
}

export function operationSentence(operation: Operation): string {
  const subject = `${operation.kind} ${operation.target.name}`;
  if (operation.error) return `${subject}: ${operation.state}. ${operation.error.detail} (${operation.error.code})`;
  return `${subject}: ${operation.state} (operation ${operation.id})`;
}
