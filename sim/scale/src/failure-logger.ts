/** What goes wrong in a run is said on standard error; everything else would only cost time. */
import { inspect } from 'node:util';
import type { Logger } from '@zhiyun/kernel';

const nothing = () => {};
const tell = (facts: object, message: string) => console.error(message, inspect(facts, { depth: 4, breakLength: 200 }));

export const failureLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: tell,
  child: () => failureLogger,
};
