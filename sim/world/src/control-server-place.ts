import type { LinkAddress } from '@zhiyun/contracts/links';

/** All that a Control Server of the world needs to know. */
export interface ControlServerPlace {
  name: string;
  home: string;
  databaseUrl: string;
  dataServers: readonly LinkAddress[];
  /** Good for its first start. */
  token: string;
  /** It has made the first user. */
  isThere(): Promise<boolean>;
}

/** Gives back how to stop it. */
export type StartControlServer = (place: ControlServerPlace) => Promise<() => Promise<void>>;
