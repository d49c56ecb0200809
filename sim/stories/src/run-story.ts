/** Tells one story: every timer of its world fires when the story comes to it, and what the platform says is written down. */
import { Disposables, silentLogger } from '@zhiyun/kernel';
import { openStore } from '@zhiyun/store';
import { createTestDatabase, virtualClock } from '@zhiyun/testkit';
import { setDatabaseTime, virtualizeDatabaseTime } from './database-time.ts';
import { createEventReader } from './event-lines.ts';
import { createRest } from './rest.ts';
import { seededRandom } from './seeded-random.ts';
import type { Story, StoryStage } from './story.ts';
import { startStoryWorld } from './story-world.ts';

export interface StoryOptions {
  postgresUrl: string;
  /** Of what is left to chance. */
  seed: number;
}

/** Timers closer together than this fire in one go. */
const stepMs = 20;
const patienceSeconds = 60;

export async function runStory(story: Story, { postgresUrl, seed }: StoryOptions): Promise<string> {
  const ends = new Disposables();
  const random = seededRandom(seed);
  ends.use(random);
  const database = await createTestDatabase(postgresUrl);
  ends.add(async () => database[Symbol.asyncDispose]());
  await virtualizeDatabaseTime(database.url);
  const store = await openStore({ url: database.url, log: silentLogger, maxConnections: 2 });
  ends.add(() => store.close());
  let statements = 0;
  const hasThreads = (story.world.storageServers?.length ?? 0) > 0;
  /** What happens while everybody stops is no part of it. */
  let isTold = false;
  const clock = virtualClock(
    undefined,
    createRest(store, () => statements, hasThreads),
  );
  await setDatabaseTime(store, clock.now());
  const readEvents = createEventReader(store);
  const lines = [`# ${story.title}`];
  const note = (line: string) => {
    // To the second: a thread that is late by some steps does not make it another story.
    const seconds = String(Math.floor(clock.monotonicMs() / 1000 + 0.3)).padStart(4);
    lines.push(`${seconds} s  ${line}`);
  };

  let seen = 0;
  /** Whatever has happened so far stands in the log. */
  async function listen(): Promise<void> {
    if (statements === seen || isTold) return;
    seen = statements;
    for (const line of await readEvents()) note(line);
  }
  async function step(ms: number): Promise<void> {
    await clock.settle();
    await setDatabaseTime(store, clock.now() + ms);
    await clock.advance(ms);
    await clock.settle();
    await listen();
  }
  const nextMs = (most: number) => Math.min(Math.max(clock.nextInMs() ?? most, stepMs), most);

  const worldEnds = new Disposables();
  const world = await startStoryWorld(
    { plan: story.world, databaseUrl: database.url, store, clock, onStatement: () => statements++ },
    worldEnds,
  );
  // Whoever stops may wait for a time, too.
  ends.add(async () => {
    let isOver = false;
    const stopped = worldEnds[Symbol.asyncDispose]().finally(() => {
      isOver = true;
    });
    while (!isOver) await step(nextMs(1_000));
    await stopped;
  });
  const rest = await world.signIn();
  const member = (name: string) => {
    const found = world.members.get(name);
    if (!found) throw new Error(`There is nobody called "${name}" in this story`);
    return found;
  };
  const stage: StoryStage = {
    rest,
    directory: world.directory,
    async say(what) {
      await clock.settle();
      await listen();
      note(`> ${what}`);
    },
    async pass(seconds) {
      const end = clock.monotonicMs() + seconds * 1000;
      while (clock.monotonicMs() < end) await step(nextMs(end - clock.monotonicMs()));
    },
    async until(what, isSo) {
      const giveUp = clock.monotonicMs() + patienceSeconds * 1000;
      for (await clock.settle(); !(await isSo()); await clock.settle()) {
        if (clock.monotonicMs() > giveUp)
          throw new Error(`Not so after ${patienceSeconds} s: ${what}\n${lines.join('\n')}`);
        await step(nextMs(1_000));
      }
      await listen();
    },
    async ended({ id }) {
      let operation = await rest.getOperation({ params: { id } });
      const isOver = async () => {
        operation = await rest.getOperation({ params: { id } });
        return operation.endedAt !== null;
      };
      await stage.until(`${operation.kind} has ended`, isOver);
      note(`${operation.kind} ${operation.target.name}: ${operation.state}`);
      return operation;
    },
    cut: (one, other) => world.domain.cut(member(one), member(other)),
    heal: (one, other) => world.domain.heal(member(one), member(other)),
    async runnerOf({ id }) {
      const query = store.db.selectFrom('operation').select('runner').where('id', '=', id);
      const { runner } = await query.executeTakeFirstOrThrow();
      const [found] = [...world.members].find(([, { id: memberId }]) => memberId === runner) ?? [];
      if (found === undefined) throw new Error(`Nobody here is the runner ${runner}`);
      return found;
    },
    killControlServer: (name) => world.kill(name),
  };
  try {
    await stage.until('all nodes are online', async () => {
      const { items } = await rest.listNodes();
      return items.length === Object.keys(story.world.nodes).length && items.every(({ state }) => state === 'online');
    });
    await story.tell(stage);
    await clock.settle();
    await listen();
  } finally {
    isTold = true;
    await ends[Symbol.asyncDispose]();
  }
  return `${lines.join('\n')}\n`;
}
