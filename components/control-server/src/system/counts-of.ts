/** Counts per state, with a zero for every state that nothing is in. */
export function countsOf<State extends string>(
  states: readonly State[],
  rows: readonly { state: State; count: number }[],
): Record<State, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}
