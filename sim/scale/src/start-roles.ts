/** Brings the components of one process to life, each a member of the domain by the same door as on any machine. */
import { join } from 'node:path';
import { type ComponentType, componentTypes, type LinkAddress } from '@zhiyun/contracts/links';
import { createControlServer } from '@zhiyun/control-server';
import { createDataServer } from '@zhiyun/data-server';
import { createHttpGateway } from '@zhiyun/http-gateway';
import { type Disposables, silentLogger, systemClock } from '@zhiyun/kernel';
import { crowd, type JoinDomainOptions, joinDomain, type Member } from '@zhiyun/link';
import { createSimulatedNode } from '@zhiyun/node-client';
import type { Component } from '@zhiyun/service';
import { openStore } from '@zhiyun/store';
import { failureLogger } from './failure-logger.ts';
import type { Answers, MemberOptions, NodesOptions } from './role.ts';
import { instancesOf, nodeFacts, nodeName } from './world.ts';

const clock = systemClock;
const version = 'scale';
const tokenSeconds = 3_600;
/** Nodes of one process that come up at the same time: more only wait for each other. */
const startsAtOnce = 8;

async function run(component: Component, ends: Disposables): Promise<void> {
  ends.add(() => component.stop());
  await component.start();
}

async function openDatabase(url: string, ends: Disposables) {
  const store = await openStore({ url, log: failureLogger });
  ends.add(() => store.close());
  return store;
}

function joinAs(
  type: ComponentType,
  { home, dataServer, token }: MemberOptions,
  more: Pick<JoinDomainOptions, 'crowd'> = {},
): Promise<Member> {
  const common = { home, type, name: type, version, dataServers: [dataServer], token };
  return joinDomain({ ...common, ...more, clock, log: failureLogger });
}

export async function startData(
  { home, databaseUrl }: { home: string; databaseUrl: string },
  ends: Disposables,
): Promise<Answers['data']> {
  const store = await openDatabase(databaseUrl, ends);
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await createDataServer({
    ...{ store, databaseUrl, home, listen, name: 'data-server', version },
    ...{ clock, log: failureLogger },
  });
  await run(server, ends);
  const token = await server.createJoinToken({ roles: componentTypes, expiresInSeconds: tokenSeconds });
  return { address: server.address, token };
}

export async function startControl(
  options: MemberOptions & { databaseUrl: string },
  ends: Disposables,
): Promise<Answers['control']> {
  const store = await openDatabase(options.databaseUrl, ends);
  const passwordFile = join(options.home, 'initial-admin-password');
  const member = await joinAs('control-server', options, { crowd });
  await run(await createControlServer({ store, member, passwordFile, clock, log: failureLogger, version }), ends);
  return { passwordFile };
}

export async function startGateway(options: MemberOptions, ends: Disposables): Promise<Answers['gateway']> {
  const gateway = createHttpGateway({
    member: await joinAs('http-gateway', options),
    listen: { host: '127.0.0.1', port: 0 },
    consoleDirectory: join(options.home, 'no-console'),
    clock,
    log: failureLogger,
  });
  ends.add(() => gateway.stop());
  return await gateway.start();
}

export async function startNodes(options: NodesOptions, ends: Disposables): Promise<object> {
  const numbers = Array.from({ length: options.count }, (_, index) => options.first + index);
  const next = numbers.values();
  const startRest = async () => {
    for (const number of next) await startNode(number, options, ends);
  };
  await Promise.all(Array.from({ length: startsAtOnce }, startRest));
  return {};
}

async function startNode(
  number: number,
  { homes, instances, launchMs, dataServer }: NodesOptions & { dataServer: LinkAddress },
  ends: Disposables,
): Promise<void> {
  const member = await joinDomain({
    home: join(homes, String(number)),
    type: 'node-client',
    name: nodeName(number),
    version,
    dataServers: [dataServer],
    clock,
    log: silentLogger,
  });
  const node = createSimulatedNode({
    member,
    facts: { ...nodeFacts, hostname: nodeName(number) },
    instances: instancesOf(number, instances),
    pace: { launchMs },
    clock,
    log: silentLogger,
  });
  await run(node, ends);
}
