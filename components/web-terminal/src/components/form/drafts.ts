/**
 * What somebody has typed into a form, kept until it is sent or given up: a session that ends sends to the login page and back,
 * and the form is then as it was left. Kept by the browser for this tab only; forms with secrets keep none.
 */
const prefix = 'zhiyun.draft.';

export interface Draft<Values> {
  /** As the same user left it; undefined when nothing was. */
  readonly kept: Partial<Values> | undefined;
  keep(values: Partial<Values>): void;
  drop(): void;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function draftIn<Values>(store: Store, name: string, user: string): Draft<Values> {
  const key = prefix + name;
  function read(): Partial<Values> | undefined {
    try {
      const found = JSON.parse(store.getItem(key) ?? 'null') as { user: string; values: Partial<Values> } | null;
      return found?.user === user ? found.values : undefined;
    } catch {
      return undefined;
    }
  }
  return {
    kept: read(),
    keep(values) {
      try {
        store.setItem(key, JSON.stringify({ user, values }));
      } catch {
        // Storage is full or forbidden: then nothing is kept.
      }
    },
    drop: () => store.removeItem(key),
  };
}

/** Signing out gives everything up. */
export function dropDrafts(store: Storage = sessionStorage): void {
  for (const key of Object.keys(store)) if (key.startsWith(prefix)) store.removeItem(key);
}
