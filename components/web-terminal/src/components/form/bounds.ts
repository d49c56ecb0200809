/** A number between two bounds. What is outside is said beside the field; nothing is put right behind somebody's back. */
import { fieldMessage } from '../../api/errors.ts';

export interface Bounds {
  min: number;
  max: number;
  /** How a bound is written. */
  format?: (value: number) => string;
}

/** What is wrong with the value; empty input is the business of «required». */
export function outOfBounds(value: unknown, { min, max, format = String }: Bounds): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (value < min) return fieldMessage(`must be at least ${format(min)}`);
  if (value > max) return fieldMessage(`must be at most ${format(max)}`);
  return undefined;
}

/** For the rules of a form's field. */
export function within(bounds: Bounds) {
  return {
    async validator(_rule: unknown, value: unknown): Promise<void> {
      const wrong = outOfBounds(value, bounds);
      if (wrong !== undefined) throw new Error(wrong);
    },
  };
}
