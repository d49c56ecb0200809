/** What a story is: a world, and what happens in it. What the platform says to it is compared with `expected.txt` beside it. */
import type { NodeFacts, Operation } from '@zhiyun/contracts';
import type { RestClient } from '@zhiyun/contracts/rest';

export interface StoryPlan {
  controlServers: readonly string[];
  storageServers?: readonly string[];
  /** By name, with what differs from a machine of today. */
  nodes: Readonly<Record<string, Partial<NodeFacts>>>;
  /** Milliseconds that a machine takes to start. Default 500. */
  launchMs?: number;
}

export interface Story {
  /** One line for the head of the log. */
  title: string;
  world: StoryPlan;
  tell(stage: StoryStage): Promise<void>;
}

export interface StoryStage {
  /** Of the user `admin`; answered by the first Control Server that is there. */
  readonly rest: RestClient;
  readonly directory: string;
  /** A line of the log. */
  say(what: string): Promise<void>;
  /** Lets so much time of the story pass. */
  pass(seconds: number): Promise<void>;
  /** Lets time pass until it is so. Throws after a minute of the story. */
  until(what: string, isSo: () => Promise<boolean>): Promise<void>;
  ended(operation: Operation): Promise<Operation>;
  /** The network between two components breaks, and is healed. */
  cut(one: string, other: string): void;
  heal(one: string, other: string): void;
  /** Name of the Control Server that runs it now. */
  runnerOf(operation: Operation): Promise<string>;
  /** As by `kill -9`. */
  killControlServer(name: string): Promise<void>;
}
