import { EventEmitter } from 'node:events';
import { PlatformError, silentLogger } from '@zhiyun/kernel';
import { virtualClock } from '@zhiyun/testkit';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { LiveControl } from './live-control.ts';
import { closeCodes, OpenConsoles } from './open-consoles.ts';

class FakeSocket extends EventEmitter {
  closedWith: number | undefined;
  isTerminated = false;
  pings = 0;
  answersPings = true;
  close(code: number): void {
    this.closedWith = code;
  }
  terminate(): void {
    this.isTerminated = true;
    this.emit('close');
  }
  ping(): void {
    this.pings++;
    if (this.answersPings) this.emit('pong');
  }
}

function world() {
  const clock = virtualClock();
  const ended = new Set<string>();
  const state = { reachable: true, questions: 0 };
  const control = {
    ask: async () => {
      state.questions++;
      if (!state.reachable) throw new PlatformError('control-unreachable', 'none');
      return { ended: [...ended] };
    },
  } as unknown as LiveControl;
  const consoles = new OpenConsoles(control, clock, silentLogger);
  const open = (sessionId: string | undefined) => {
    const socket = new FakeSocket();
    consoles.add(socket as unknown as WebSocket, sessionId);
    return socket;
  };
  return { clock, ended, state, open };
}

test('a console ends within a second with its session, and no other does', async () => {
  const { clock, ended, open } = world();
  const [mine, other, unbound] = [open('s-1'), open('s-2'), open(undefined)];
  await clock.advance(3_000);
  expect([mine, other].map(({ closedWith }) => closedWith)).toEqual([undefined, undefined]);
  ended.add('s-1');
  await clock.advance(1_000);
  expect(mine).toMatchObject({ closedWith: closeCodes.notAllowed, isTerminated: true });
  expect([other, unbound].map(({ closedWith }) => closedWith)).toEqual([undefined, undefined]);
});

test('nobody asks while no console is open', async () => {
  const { clock, state } = world();
  await clock.advance(10_000);
  expect(state.questions).toBe(0);
});

test('a short outage of the Control Servers is survived, a long one is not', async () => {
  const { clock, state, open } = world();
  const socket = open('s-1');
  await clock.advance(2_000);
  state.reachable = false;
  await clock.advance(25_000);
  expect(socket.closedWith).toBeUndefined();
  await clock.advance(10_000);
  expect(socket.closedWith).toBe(closeCodes.unsure);
});

test('what is silent is pinged twice a minute, and who does not answer is gone', async () => {
  const { clock, open } = world();
  const [alive, dead] = [open('s-1'), open('s-1')];
  dead.answersPings = false;
  await clock.advance(60_000);
  expect(alive.pings).toBeGreaterThanOrEqual(2);
  expect([alive.isTerminated, dead.isTerminated]).toEqual([false, true]);
});
