/** Waits for an operation and shows its steps while it goes. */
import { type Operation, operationEnded } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import { jsonOutput, plain } from './output.ts';
import { faultSentence } from './print-error.ts';
import { about, aside } from './words/said.ts';
import { operationName, term } from './words/terms.ts';

const subject = ({ kind, target }: Operation) => `${operationName(kind)} ${plain(target.name)}`;

function line(operation: Operation): string {
  const step = operation.steps.find(({ state }) => state === 'running' || state === 'undoing');
  const progress = `${Math.round(operation.progress * 100)} %`;
  return about(subject(operation), `${progress}${step ? aside(term('operation.step', step.name)) : ''}`);
}

export const operationFailed = (operation: Operation): boolean =>
  operation.state === 'failed' || operation.state === 'cancelled' || operation.state === 'stuck';

/** Resolves with the ended operation; a failed one is told by the exit status and its error. `alone`: its progress is shown. */
export async function followOperation(client: RestClient, operation: Operation, alone = true): Promise<Operation> {
  const showProgress = alone && process.stderr.isTTY && !jsonOutput();
  let current = operation;
  while (!operationEnded(current.state) && current.state !== 'stuck') {
    if (showProgress) process.stderr.write(`\r\x1b[K${line(current)}`);
    current = await client.getOperation({
      params: { id: operation.id },
      query: { waitSeconds: showProgress ? 1 : 30 },
    });
  }
  if (showProgress) process.stderr.write('\r\x1b[K');
  if (operationFailed(current)) process.exitCode = 1;
  return current;
}

export async function operationSentence(operation: Operation): Promise<string> {
  const state = term('operation.state', operation.state);
  if (operation.error) return about(subject(operation), `${state}. ${await faultSentence(operation.error)}`);
  return about(subject(operation), `${state}${aside(`operation ${operation.id}`)}`);
}
