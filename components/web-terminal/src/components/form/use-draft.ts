import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { sessionQuery } from '../../api/session.ts';
import { type Draft, draftIn } from './drafts.ts';

const nothing: Draft<never> = { kept: undefined, keep() {}, drop() {} };

/** The draft of this name and user; without a name there is none. */
export function useDraft<Values>(name: string | undefined): Draft<Values> {
  const { data } = useQuery(sessionQuery);
  const user = data?.id;
  return useMemo(
    () => (name === undefined || user === undefined ? nothing : draftIn<Values>(sessionStorage, name, user)),
    [name, user],
  );
}
