/**
 * Messages between the two threads. A *task* is an operation with a waiting caller; a session is numbered by the task
 * that dialled it.
 */
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

/** Main thread to link thread. */
export type Order =
  | ({ kind: 'dial'; task: number } & Dialling)
  | ({ kind: 'call'; task: number } & Question)
  | ({ kind: 'stream'; task: number } & Question)
  /** Its caller has given up. */
  | { kind: 'abandon'; task: number }
  /** Back-pressure of one stream: pause and resume. */
  | { kind: 'pause' | 'resume'; task: number }
  | { kind: 'heartbeat'; session: number }
  | { kind: 'close'; session: number; end: SessionEnd }
  /** Acknowledgement: this much of the streams' items was consumed. */
  | { kind: 'taken'; chars: number }
  /** Flush closed sessions and end the thread. */
  | { kind: 'finish' };

/** Link thread to main thread. */
export type Report =
  | { kind: 'connected'; task: number; address: LinkAddress; localHost: string; protocol: number }
  /** `result`: JSON. */
  | { kind: 'answered'; task: number; result: string }
  /** `item`: JSON. */
  | { kind: 'item'; task: number; item: string }
  /** End of a stream. */
  | { kind: 'done'; task: number }
  /** `fault`: of a PlatformError. `cause`: for the log, with its stack. */
  | { kind: 'failed'; task: number; fault: Fault | undefined; cause: string | undefined }
  | { kind: 'ended'; session: number; end: SessionEnd }
  /**
   * Liveness report, by the thread's clock: taken at `now`, everything received by `listenedAt` processed, with the
   * sessions heard since the last report and when.
   */
  | { kind: 'heard'; now: number; listenedAt: number; sessions: [session: number, heardAt: number][] };
