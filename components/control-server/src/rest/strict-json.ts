/**
 * JSON as this API takes it: what `JSON.parse` takes, less what two readers may understand differently (a key said twice,
 * `__proto__`) and less what no request needs (deep nesting). Throws `malformed-json` with the reason.
 */
import { say } from '@zhiyun/contracts';
import { PlatformError } from '@zhiyun/kernel';

const maxDepth = 32;

/** An empty body is no body: `undefined`. */
export function parseStrictJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PlatformError('malformed-json', say('rest.json', { reason: reasonOf(error) }), { cause: error });
  }
  refuseAmbiguity(text);
  return value;
}

/** V8 quotes the text in its message; the place is enough, and a password must not come back. */
function reasonOf(error: unknown): string {
  const place = error instanceof Error ? /at position \d+(?: \(line \d+ column \d+\))?/.exec(error.message) : null;
  return place ? `unexpected character ${place[0]}` : 'it ends too early or holds an unexpected character';
}

/** Walks the tokens of a text that is known to be valid JSON; `open` holds the keys of each object, null for an array. */
function refuseAmbiguity(text: string): void {
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;
  const open: (Set<string> | null)[] = [];
  for (const match of text.matchAll(tokens)) {
    const token = match[0];
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      if (open.length > maxDepth) {
        throw new PlatformError('malformed-json', say('rest.json-depth', { levels: maxDepth }));
      }
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (match[1] !== undefined) {
      const key: string = JSON.parse(token.slice(0, -match[1].length));
      const keys = open.at(-1);
      if (key === '__proto__') throw new PlatformError('malformed-json', say('rest.json-key', { key }));
      if (keys?.has(key)) throw new PlatformError('malformed-json', say('rest.json-twice', { key }));
      keys?.add(key);
    }
  }
}
