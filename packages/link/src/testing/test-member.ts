/** Members for tests: quick to join, advertised to this machine only, and removed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentType } from '@zhiyun/contracts/links';
import { type Logger, silentLogger, systemClock } from '@zhiyun/kernel';
import { type JoinDomainOptions, joinDomain } from '../membership/join-domain.ts';
import type { Member } from '../types.ts';
import { testHandlers, testTable } from './tables.ts';

export class TestMembers implements AsyncDisposable {
  readonly #homes: string[] = [];
  readonly #members: Member[] = [];

  async newHome(): Promise<string> {
    const home = await mkdtemp(join(tmpdir(), 'zhiyun-link-'));
    this.#homes.push(home);
    return home;
  }

  async options(type: ComponentType, more: Partial<JoinDomainOptions> = {}): Promise<JoinDomainOptions> {
    const home = more.home ?? (await this.newHome());
    const fixed = {
      version: '1',
      listenHost: '127.0.0.1',
      endpointHosts: ['127.0.0.1'],
      dataServers: [],
      clock: systemClock,
      log: silentLogger,
    };
    return { type, name: type, ...fixed, ...more, home };
  }

  async join(type: ComponentType, more: Partial<JoinDomainOptions> = {}): Promise<Member> {
    const member = await joinDomain(await this.options(type, more));
    if (type === 'node-client') member.serve(testTable, testHandlers().handlers);
    this.#members.push(member);
    return member;
  }

  async start(type: ComponentType, more: Partial<JoinDomainOptions> = {}): Promise<Member> {
    const member = await this.join(type, more);
    await member.start();
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members.reverse()) await member[Symbol.asyncDispose]();
    for (const home of this.#homes) await rm(home, { recursive: true });
  }
}

/** What was logged as a warning or an error, with its facts. */
export function listeningLogger(): { log: Logger; heard: { message: string; facts: Record<string, unknown> }[] } {
  const heard: { message: string; facts: Record<string, unknown> }[] = [];
  const note = (facts: object, message: string) => void heard.push({ message, facts: { ...facts } });
  const log: Logger = { ...silentLogger, warn: note, error: note, child: () => log };
  return { log, heard };
}
