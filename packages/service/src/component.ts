/** Interface of every server part: started once, stopped once. */
export interface Component {
  start(): Promise<void>;
  /** Graceful stop; also valid after a failed `start`. */
  stop(): Promise<void>;
}
