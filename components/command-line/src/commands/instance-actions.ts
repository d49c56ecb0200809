/** `zhiyun instance start | stop | kill | reboot | reset | delete NAME…`: each on any number of instances. */
import { instanceCan, type Operation } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';
import type { Command } from 'commander';
import { confirm } from '../ask.ts';
import { connect } from '../connection.ts';
import { eachTarget } from '../each-target.ts';
import { followOperation, operationFailed, operationSentence } from '../follow-operation.ts';
import { FailedError, print } from '../output.ts';
import type { HelpKey } from '../words/help.ts';
import { said } from '../words/said.ts';
import { option, subcommand } from './command-words.ts';

type Act = 'startInstance' | 'stopInstance' | 'killInstance' | 'rebootInstance' | 'resetInstance' | 'deleteInstance';

interface ActOptions {
  wait: boolean;
  yes?: boolean;
}

/** Those that take several instances in one request. */
const many = {
  startInstance: 'startInstances',
  stopInstance: 'stopInstances',
  deleteInstance: 'deleteInstances',
} as const;

async function actOnAll(
  client: RestClient,
  call: keyof typeof many,
  instances: string[],
  wait: boolean,
): Promise<void> {
  const begun = await client[many[call]]({ body: { instances } });
  const operation = wait ? await followOperation(client, begun) : begun;
  const sentence = await operationSentence(operation);
  print(operation, () => sentence);
}

async function act(client: RestClient, call: Act, names: readonly string[], wait: boolean): Promise<void> {
  const instances = [...new Set(names)];
  if (instances.length > 1 && call in many) return actOnAll(client, call as keyof typeof many, instances, wait);
  await eachTarget<Operation>(instances, async (id, alone) => {
    const begun = await client[call]({ params: { id } });
    const operation = wait ? await followOperation(client, begun, alone) : begun;
    return { value: operation, sentence: await operationSentence(operation), failed: operationFailed(operation) };
  });
}

/** Those of the targets that run now. One that is not there is told by the deletion itself. */
async function runningOf(client: RestClient, names: readonly string[]): Promise<string[]> {
  const found = await Promise.allSettled(names.map((id) => client.getInstance({ params: { id } })));
  return found.flatMap((result) =>
    result.status === 'fulfilled' && instanceCan('kill', result.value.state) ? [result.value.name] : [],
  );
}

async function remove(names: string[], { wait, yes }: ActOptions): Promise<void> {
  const { client } = connect();
  const running = yes ? [] : await runningOf(client, names);
  if (running.length > 0 && !(await confirm(said.deleteRunning(running), said.deleteNeedsYes(running))))
    throw new FailedError(said.nothingDone());
  await act(client, 'deleteInstance', names, wait);
}

const acts: readonly (readonly [verb: string, call: Act, help: HelpKey])[] = [
  ['start', 'startInstance', 'instanceStart'],
  ['stop', 'stopInstance', 'instanceStop'],
  ['kill', 'killInstance', 'instanceKill'],
  ['reboot', 'rebootInstance', 'instanceReboot'],
  ['reset', 'resetInstance', 'instanceReset'],
];

export function addInstanceActions(instance: Command): void {
  for (const [verb, call, help] of acts)
    subcommand(instance, `${verb} <instance...>`, help)
      .addOption(option('--no-wait', 'noWait'))
      .action((names: string[], { wait }: ActOptions) => act(connect().client, call, names, wait));
  subcommand(instance, 'delete <instance...>', 'instanceDelete')
    .addOption(option('-y, --yes', 'yes'))
    .addOption(option('--no-wait', 'noWait'))
    .action(remove);
}
