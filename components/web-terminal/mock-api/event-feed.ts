/** The live feed (SSE). */
import type { World } from './db.ts';
import { MockError } from './mock-error.ts';

const keepAliveMs = 15_000;

export function eventFeed(world: World): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // What a hung process has to say comes when it is awake again.
      const send = (text: string) =>
        void world
          .awake()
          .then(() => controller.enqueue(encoder.encode(text)))
          // It has ended meanwhile.
          .catch(() => undefined);
      const leave = world.follow({
        next: (event) => send(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`),
        end: () => {
          clearInterval(alive);
          controller.close();
        },
      });
      if (!leave) throw new MockError('unavailable', 'The live feed is cut for a while.');
      const alive = setInterval(() => send(': keep-alive\n\n'), keepAliveMs);
      send(': connected\n\n');
      stop = () => {
        clearInterval(alive);
        leave();
      };
    },
    cancel: () => stop(),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
}
