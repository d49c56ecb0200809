/**
 * Which images are being uploaded by any page of this browser, by locks that all its pages share. A page that is closed or
 * crashes lets go of its locks by itself.
 */
import { useSyncExternalStore } from 'react';

const prefix = 'zhiyun.upload.';
const lookMs = 2_000;

/** Gives back how to let go; undefined when another page holds the image. Without locks (an old browser) nobody is in the way. */
export async function holdImage(imageId: string): Promise<(() => void) | undefined> {
  if (!('locks' in navigator)) return () => {};
  const held = Promise.withResolvers<(() => void) | undefined>();
  navigator.locks
    .request(prefix + imageId, { ifAvailable: true }, (lock) => {
      if (!lock) {
        held.resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => held.resolve(release));
    })
    .catch(held.reject);
  return held.promise;
}

async function heldImages(): Promise<readonly string[]> {
  if (!('locks' in navigator)) return [];
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

let known: ReadonlySet<string> = new Set();
let looking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

async function look(): Promise<void> {
  const now = await heldImages();
  if (now.length === known.size && now.every((each) => known.has(each))) return;
  known = new Set(now);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  void look();
  looking ??= setInterval(() => void look(), lookMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };
}

/** Whether any page of this browser, this one included, uploads the image. */
export function useUploadedHere(imageId: string): boolean {
  return useSyncExternalStore(subscribe, () => known.has(imageId));
}
