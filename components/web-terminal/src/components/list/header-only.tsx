/**
 * What stands in a table's head, once. Ant Design draws heads a second time, out of sight, to measure the columns: a box to tick
 * would be found there by the keyboard.
 */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

export function HeaderOnly({ children }: { children: ReactNode }) {
  const place = useRef<HTMLSpanElement>(null);
  const [measured, setMeasured] = useState(false);
  useLayoutEffect(() => setMeasured(place.current?.closest('[aria-hidden=true]') !== null), []);
  return <span ref={place}>{measured ? null : children}</span>;
}
