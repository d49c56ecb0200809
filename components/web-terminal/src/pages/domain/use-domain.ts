/** What the picture shows of the domain, steadied. A small domain is read whole; of a large one counts, and what is drawn singly. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { Component, Link } from '@zhiyun/contracts';
import { useMemo, useRef } from 'react';
import { useNow } from '../../util/use-now.ts';
import { systemQueries } from '../overview/queries.ts';
import { drawnSingly, groupsByCounts, groupsOf, type ServiceGroup, singleTypes } from './model/service-groups.ts';
import { type Memory, steadied } from './model/steady.ts';
import { type Tie, tiesOfGroups, tiesOfLinks } from './model/ties.ts';
import { componentQueries, linkQueries } from './queries.ts';

export interface DomainView {
  groups: readonly ServiceGroup[];
  ties: readonly Tie[];
}

const troubledStates = ['connecting', 'suspect', 'gone'] as const;

const idOfComponent = ({ id }: Component): string => id;
const idOfLink = ({ from, to }: Link): string => `${from} ${to}`;

function merged<Item>(answers: readonly { data?: { items: readonly Item[] } | undefined }[]): Item[] {
  return answers.flatMap(({ data }) => data?.items ?? []);
}

export function useDomain() {
  const first = useQuery(componentQueries.first(drawnSingly));
  const small = first.data?.nextCursor === null;
  const large = first.data !== undefined && !small;
  const { data: links } = useQuery({ ...linkQueries.all(), enabled: small });

  const { data: system } = useQuery({ ...systemQueries.summary(), enabled: large });
  const counted = large ? (system?.components ?? []) : [];
  const single = useQueries({
    queries: singleTypes(counted).map((type) => componentQueries.first(drawnSingly, type)),
    combine: merged<Component>,
  });
  const troubled = useQueries({
    queries: troubledStates.map((state) => ({ ...linkQueries.inState(state), enabled: large })),
    combine: merged,
  });

  const memory = useRef<Memory>(new Map());
  const now = useNow();

  const view = useMemo((): DomainView | undefined => {
    if (small && first.data) {
      const items = steadied(first.data.items, idOfComponent, memory.current, now);
      const steadyLinks = steadied(links ?? [], idOfLink, memory.current, now);
      return { groups: groupsOf(items), ties: tiesOfLinks(steadyLinks, new Set(items.map(({ id }) => id))) };
    }
    if (counted.length === 0) return undefined;
    const groups = groupsByCounts(
      counted,
      Map.groupBy(single, ({ type }) => type),
    );
    // Where the platform does not look at the asked state, it answers with all.
    const bad = troubled.filter(({ state }) => state !== 'online');
    return { groups, ties: tiesOfGroups(groups, bad) };
  }, [small, first.data, links, counted, single, troubled, now]);
  return { view, error: view ? null : first.error, refetch: first.refetch };
}
