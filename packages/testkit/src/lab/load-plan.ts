/** What a load generator is told and what it tells: shared by both of its sides. */

export interface LoadRequest {
  /** Groups the answers. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/`. In path and body `{n}` stands for the number of the request. */
  path: string;
  body?: unknown;
  /** How often, beside the others. Default 1. */
  weight?: number;
}

export interface LoadPlan {
  /** `https://host:port`; taken in turn. */
  baseUrls: readonly string[];
  requests: readonly LoadRequest[];
  ratePerSecond: number;
  /** Of a session. */
  token?: string;
  /** PEM. */
  ca?: string;
  /** Default 30 s. */
  timeoutMs?: number;
}

export interface LoadAnswer {
  number: number;
  name: string;
  /** Epoch ms when it was due; what waited in the generator counts into `ms`. */
  at: number;
  ms: number;
  /** 0: no answer, and `code` says why. */
  status: number;
  /** Of a problem, or of the system error. */
  code?: string;
  /** What was made or begun, by its `id`. */
  id?: string;
  /** The operation's target. */
  target?: string;
  idempotencyKey?: string;
}
