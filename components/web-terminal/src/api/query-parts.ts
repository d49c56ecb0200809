/** What the `queries.ts` of the pages are made of: key and fetcher side by side. */
import type { QueryClient } from '@tanstack/react-query';
import type { KindName } from '@zhiyun/contracts';
import type { RequestOf, RouteName } from '@zhiyun/contracts/rest';

export const pageSize = 50;
/** As many as one page of the API holds: for choosers, where the search narrows further. */
export const chooserSize = 200;
/** Nodes send a sample every few seconds; charts ask as often. */
export const sampleIntervalMs = 5_000;

export type QueryOf<Name extends RouteName> =
  RequestOf<Name> extends { query?: infer Query } ? NonNullable<Query> : never;

/** Begins with the kind that is asked about: live events of it make the answer stale. */
export const keyOf = <const Rest extends readonly unknown[]>(kind: KindName, ...rest: Rest) => [kind, ...rest] as const;

/** Asks again for what is shown of these kinds; resolves when it is there. */
export async function refetch(client: QueryClient, ...kinds: readonly KindName[]): Promise<void> {
  await Promise.all(kinds.map((kind) => client.invalidateQueries({ queryKey: keyOf(kind) })));
}
