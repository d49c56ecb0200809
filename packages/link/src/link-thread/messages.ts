/** What the two threads say to each other. A *task* is what somebody waits for; a session has the number of the task that dialled it. */
import type { Fault } from '@zhiyun/contracts';
import type { LinkAddress } from '@zhiyun/contracts/links';
import type { Dialling } from '../http2/dial-http2.ts';
import type { SessionEnd } from '../rpc/session.ts';

/** `params` are JSON. */
export interface Question {
  session: number;
  /** For errors. */
  peer: string;
  method: string;
  params: string;
  timeoutMs: number | undefined;
}

/** To the link thread. */
export type Order =
  | ({ kind: 'dial'; task: number } & Dialling)
  | ({ kind: 'call'; task: number } & Question)
  | ({ kind: 'stream'; task: number } & Question)
  /** Nobody waits for it any more. */
  | { kind: 'abandon'; task: number }
  /** Of a stream: no further items until it is to go on. */
  | { kind: 'hold' | 'go-on'; task: number }
  | { kind: 'beat'; session: number }
  | { kind: 'close'; session: number; end: SessionEnd }
  /** So much of what streams have brought was taken. */
  | { kind: 'taken'; chars: number }
  /** What is still to be said on closed sessions is, and the thread ends. */
  | { kind: 'finish' };

/** From the link thread. */
export type Report =
  | { kind: 'connected'; task: number; address: LinkAddress; localHost: string; protocol: number }
  /** `result`: JSON. */
  | { kind: 'answered'; task: number; result: string }
  /** `item`: JSON. */
  | { kind: 'item'; task: number; item: string }
  /** Of a stream: there was no further item. */
  | { kind: 'done'; task: number }
  /** `fault`: of a PlatformError. `cause`: for the log, with its stack. */
  | { kind: 'failed'; task: number; fault: Fault | undefined; cause: string | undefined }
  | { kind: 'ended'; session: number; end: SessionEnd }
  /**
   * By the thread's own clock: it is `now`, what had come by `listenedAt` was heard, and these sessions, with when they were, since the
   * last time.
   */
  | { kind: 'heard'; now: number; listenedAt: number; sessions: [session: number, heardAt: number][] };
