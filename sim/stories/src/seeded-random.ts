/** Chance by a seed: until it is disposed of, `Math.random` gives the same numbers in every run (mulberry32). */
export function seededRandom(seed: number): Disposable {
  const { random } = Math;
  let state = seed;
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    [Symbol.dispose]() {
      Math.random = random;
    },
  };
}
