/** What a role needs of its host, and what it gives it. */
import type { ComponentType, LinkAddress } from '@zhiyun/contracts/links';
import type { ProxyOptions } from '@zhiyun/http-gateway';
import type { Clock, Disposables, Logger } from '@zhiyun/kernel';
import type { JoinDomainOptions, Member } from '@zhiyun/link';
import type { GuestNetworkSettings, NodeClient, NodeClientOptions } from '@zhiyun/node-client';
import type { HomePaths } from '../home-paths.ts';
import type { ListenAddress } from '../listen-address.ts';
import type { HostDatabase } from './host-database.ts';
import type { HostRole } from './host-record.ts';

export interface HostContext {
  /** Absolute. */
  readonly home: string;
  readonly paths: HomePaths;
  readonly name: string;
  readonly version: string;
  /** Of a domain that is founded now. */
  readonly domainName: string | undefined;
  readonly database: HostDatabase;
  /** Instances are only pretended. */
  readonly simulated: boolean;
  /** Of the Control Server. */
  readonly linkThreadAboveNodes: number | undefined;
  /** Of the Node Client. */
  readonly guestNetwork: GuestNetworkSettings;
  readonly guests: Pick<NodeClientOptions, 'guestUsers' | 'afterRestart'>;
  /** Of the gateway. */
  readonly listen: ListenAddress;
  readonly proxies: ProxyOptions;
  /** Of links. */
  readonly linkHost: string;
  readonly clock: Clock;
  log(role: HostRole): Logger;
  /** How a role of this host joins the domain: by which door and with which token. */
  joining(type: ComponentType): Promise<JoinDomainOptions>;
  /** A role that knows tells the others of this host. */
  readonly known: HostFacts;
}

export interface HostFacts {
  domain?: string;
  caCertificate?: string;
  dataServer?: { address: LinkAddress; createJoinToken(role: ComponentType): Promise<string> };
  /** Where the gateway listens. */
  listening?: ListenAddress;
  firstUser?: { username: string; created: boolean };
  /** Shuts down all instances of this host. */
  shutDownInstances?: NodeClient['shutDownInstances'];
}

export interface RunningRole {
  /** Of the roles that are members like others: all but the Data Server. */
  member?: Member;
  /** Resolves when the domain has taken it out. */
  removed: Promise<void>;
}

/** Starts a role; what must end with it is added to `ends`. */
export type StartRole = (host: HostContext, ends: Disposables) => Promise<RunningRole>;
