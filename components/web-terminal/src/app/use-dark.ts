/** Day or night: what the user has chosen, else what the system has. */
import { useSyncExternalStore } from 'react';
import { usePreferences } from './preferences.ts';

const systemDark = () => window.matchMedia('(prefers-color-scheme: dark)');

function subscribeToSystem(listener: () => void): () => void {
  const query = systemDark();
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export function useDark(): boolean {
  const choice = usePreferences().theme;
  const system = useSyncExternalStore(subscribeToSystem, () => systemDark().matches);
  return choice === 'system' ? system : choice === 'dark';
}
