/** What this browser remembers of its user's taste. No secret is ever kept here. */
import { useSyncExternalStore } from 'react';
import type { Language } from './i18n.ts';

export const themeChoices = ['light', 'dark', 'system'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export const pageSizes = [20, 50, 100, 200] as const;
export type PageSize = (typeof pageSizes)[number];

export interface Preferences {
  /** Undefined: as the browser asks. */
  language?: Language;
  theme: ThemeChoice;
  menuCollapsed: boolean;
  /** Before an instance is shut down or rebooted. */
  askBeforeStop: boolean;
  /** Times as dates rather than ages. */
  exactTimes: boolean;
  /** Rows of every list. */
  pageSize: PageSize;
  /** Of each list that somebody has changed: the columns to show, besides those that are always there. */
  columns: Readonly<Record<string, readonly string[]>>;
}

const storageKey = 'zhiyun.preferences';
const defaults: Preferences = {
  theme: 'system',
  menuCollapsed: false,
  askBeforeStop: true,
  exactTimes: false,
  pageSize: 50,
  columns: {},
};

function read(): Preferences {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

let current = read();
const listeners = new Set<() => void>();

export const preferences = {
  get: (): Preferences => current,
  set(change: Partial<Preferences>): void {
    current = { ...current, ...change };
    try {
      localStorage.setItem(storageKey, JSON.stringify(current));
    } catch {
      // Storage is full or forbidden: the choice holds until the page is closed.
    }
    for (const listener of listeners) listener();
  },
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences.get);
}
