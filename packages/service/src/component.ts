/** What every server part looks like from outside: started once, stopped once. */
export interface Component {
  start(): Promise<void>;
  /** Ends cleanly; also right after a `start` that failed. */
  stop(): Promise<void>;
}
