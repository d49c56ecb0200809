/** Gives the state of the live feed to the parts of the page that show it. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { LiveFeed, type LiveState } from './live.ts';

const nothing = () => () => {};

/** Opens the feed for as long as the caller is mounted: once, in the frame around all pages. */
export function useLiveFeed(): LiveState {
  const client = useQueryClient();
  const [feed, setFeed] = useState<LiveFeed>();
  useEffect(() => {
    const opened = new LiveFeed({ client });
    setFeed(opened);
    return () => opened[Symbol.dispose]();
  }, [client]);
  return useSyncExternalStore(feed?.subscribe ?? nothing, () => feed?.state ?? 'connecting');
}

export const LiveContext = createContext<LiveState>('connecting');
export const useLiveState = () => useContext(LiveContext);
