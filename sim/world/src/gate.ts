/** A gate before the work of a component: while it is held, orders arrive and wait, so that a test can look at what is passing. */
import type { LinkTable } from '@zhiyun/contracts/links';
import type { LinkHandlers, Member } from '@zhiyun/link';

export class Gate {
  #held: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  open(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async passed(): Promise<void> {
    await this.#held?.promise;
  }
}

/** What only looks is answered at any time. */
const looks = new Set(['watch', 'listImages', 'uploadOffset', 'openUpload', 'screenshot', 'display', 'serial']);

/** Whatever `member` serves from now on, it does when the gate is open. */
export function workBehind(gate: Gate, member: Member): Member {
  const serve = member.serve.bind(member);
  member.serve = <T extends LinkTable>(table: T, handlers: LinkHandlers<T>) => {
    const gated = Object.entries(table.methods).map(([name, { kind }]) => {
      const handler = (handlers as Record<string, Handler>)[name];
      if (handler === undefined || looks.has(name)) return [name, handler];
      if (kind !== 'stream') {
        const later = async (...given: unknown[]) => {
          await gate.passed();
          return handler(...given);
        };
        return [name, later];
      }
      return [
        name,
        async function* (...given: unknown[]) {
          await gate.passed();
          yield* handler(...given) as AsyncIterable<unknown>;
        },
      ];
    });
    serve(table, Object.fromEntries(gated) as LinkHandlers<T>);
  };
  return member;
}

type Handler = (...given: unknown[]) => unknown;
