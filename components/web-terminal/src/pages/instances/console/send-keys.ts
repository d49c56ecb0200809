/** Sends keys to a guest's screen. */
import { type Key, keysOfText } from './keys.ts';

/** What we use of noVNC's RFB. */
export interface KeyTarget {
  sendKey(keysym: number, code: string, down: boolean): void;
}

export function press(target: KeyTarget, keys: readonly Key[]): void {
  for (const { keysym, code } of keys) target.sendKey(keysym, code, true);
  for (const { keysym, code } of keys.toReversed()) target.sendKey(keysym, code, false);
}

/** A PS/2 keyboard holds 16 bytes, four strokes or so: faster typing loses some of them. */
const strokeMs = 20;

export interface Typing {
  signal: AbortSignal;
  /** After each stroke: how many of how many. */
  onProgress?: (done: number, all: number) => void;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** Types the text. Characters that no key has are left out; ask `keysOfText` before. */
export async function typeText(target: KeyTarget, text: string, typing: Typing): Promise<void> {
  const {
    signal,
    onProgress,
    sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  } = typing;
  const { strokes } = keysOfText(text);
  for (const [index, keys] of strokes.entries()) {
    if (signal.aborted) return;
    press(target, keys);
    onProgress?.(index + 1, strokes.length);
    await sleep(strokeMs);
  }
}
