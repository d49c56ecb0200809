/**
 * Loads a part of the console. A cut connection is tried again; a part that is no longer there, because the platform was
 * updated under an open page, comes with the page itself: which is then loaded anew, once.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** The part could not be had, and loading the page anew is no use or was no use. */
export class ChunkError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ChunkError';
  }
}

const pausesMs = [400, 1_500] as const;
const reloadedKey = 'zhiyun.reloaded';
/** A page that was loaded anew so short ago is not loaded anew again. */
const againAfterMs = 60_000;

export interface ChunkSurroundings {
  sleep(milliseconds: number): Promise<void>;
  now(): number;
  /** When the page was last loaded anew for this. */
  reloadedAt(): number | undefined;
  /** Does not come back. */
  reload(): void;
  /** Whether the platform answers at all: without it a reload would lead to the browser's own error page. */
  answers(): Promise<boolean>;
  /** Something that a reload would break off, such as an upload. */
  busy(): boolean;
}

let busy = () => false;

/** Told by whoever does work that a reload would break off. */
export function neverReloadWhile(condition: () => boolean): void {
  busy = condition;
}

let wantedPage = (): string | undefined => undefined;

/** Told by the router: the page that somebody is on the way to, whose part is the one that is missing. */
export function reloadInto(page: () => string | undefined): void {
  wantedPage = page;
}

const browser: ChunkSurroundings = {
  sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  now: Date.now,
  reloadedAt: () => Number(sessionStorage.getItem(reloadedKey)) || undefined,
  reload() {
    sessionStorage.setItem(reloadedKey, String(Date.now()));
    const wanted = wantedPage();
    if (wanted === undefined) window.location.reload();
    else window.location.assign(wanted);
  },
  answers: () =>
    fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    ),
  busy: () => busy(),
};

export async function loadChunk<Module>(load: () => Promise<Module>, around = browser): Promise<Module> {
  let failure: unknown;
  for (const pause of [...pausesMs, undefined]) {
    try {
      return await load();
    } catch (error) {
      failure = error;
    }
    if (pause !== undefined) await around.sleep(pause);
  }
  const before = around.reloadedAt();
  const allowed = before === undefined || around.now() - before > againAfterMs;
  if (!allowed || around.busy() || !(await around.answers())) throw new ChunkError(failure);
  around.reload();
  return new Promise<never>(() => {});
}

/** A component that is loaded when it is first shown. */
// biome-ignore lint/suspicious/noExplicitAny: as React's own `lazy`
export function lazyChunk<Shown extends ComponentType<any>>(
  load: () => Promise<{ default: Shown }>,
): LazyExoticComponent<Shown> {
  return lazy(() => loadChunk(load));
}
