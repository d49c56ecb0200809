/** A Data Server makes its domain known in the networks it is in: it answers whoever asks, and says when it comes and goes. */
import type { ComponentId, DomainId } from '@zhiyun/contracts';
import type { Clock, Logger } from '@zhiyun/kernel';
import { AnswerBudget } from './answer-budget.ts';
import { type MulticastSocket, MulticastSockets } from './multicast-sockets.ts';
import { asksForService, asksForServiceTypes, encodeAnnouncement, encodeServiceType } from './service-records.ts';

export interface AnnounceDomainOptions {
  domain: { id: DomainId; name: string };
  componentId: ComponentId;
  /** Of the link listener. */
  port: number;
  clock: Clock;
  log: Logger;
}

/** Never throws: a network without multicast only means that joiners must be given an address. Disposal says goodbye. */
export function announceDomain({ domain, componentId, port, clock, log }: AnnounceDomainOptions): AsyncDisposable {
  const budgets = new WeakMap<MulticastSocket, AnswerBudget>();
  const recordsOn = ({ on }: MulticastSocket, ttl?: number) =>
    encodeAnnouncement({ domain, componentId, port, hosts: on.hosts }, ttl);
  const sockets = new MulticastSockets({
    clock,
    log: log.child({ part: 'discovery' }),
    onReady: (socket) => {
      budgets.set(socket, new AnswerBudget(clock));
      socket.answer(recordsOn(socket));
    },
    onQuestions: (socket, questions) => {
      const records = asksForService(questions, componentId)
        ? recordsOn(socket)
        : asksForServiceTypes(questions)
          ? encodeServiceType()
          : undefined;
      if (records && budgets.get(socket)?.take()) socket.answer(records);
    },
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.all) socket.answer(recordsOn(socket, 0));
      await sockets[Symbol.asyncDispose]();
    },
  };
}
