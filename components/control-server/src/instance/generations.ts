/**
 * Generations of orders: fencing tokens. An operation takes a block at once, one generation for each order it may give, undoing included:
 * so a node can never mistake one order for the repetition of another, and an order of an earlier operation is refused.
 */
export const generationsPerOperation = 4;

export interface GenerationBlock {
  /** First of the block; what the instance's row had, plus one. */
  first: number;
  /** Last of the block; what the instance's row has from then on. */
  last: number;
}

export function nextGenerations(current: number): GenerationBlock {
  return { first: current + 1, last: current + generationsPerOperation };
}
