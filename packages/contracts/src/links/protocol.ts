/**
 * The versions of the link protocol. Each side says which it speaks when two meet, and the newest that both speak is spoken; a peer
 * with which there is none is refused, both ranges named. A version is only needed for what a reader of the one before would get
 * wrong; see docs/guides/change-a-shape.md.
 *
 *   1   the first release, which names this one number instead of a range
 *   2   usage of instances says which figures it holds
 *   3   the configuration of an instance has its disks and NICs in the plural, with volumes and addresses
 */
export interface ProtocolRange {
  readonly oldest: number;
  readonly newest: number;
}

export const linkProtocol: ProtocolRange = { oldest: 1, newest: 3 };

/** Undefined: there is none. */
export function commonProtocol(one: ProtocolRange, other: ProtocolRange): number | undefined {
  const newest = Math.min(one.newest, other.newest);
  return newest >= Math.max(one.oldest, other.oldest) ? newest : undefined;
}

/** `1-2`, or `1`. */
export function formatProtocols({ oldest, newest }: ProtocolRange): string {
  return oldest === newest ? `${oldest}` : `${oldest}-${newest}`;
}

/** Undefined: it says none. */
export function parseProtocols(text: string | undefined): ProtocolRange | undefined {
  const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text ?? '') ?? [];
  const [oldest, newest] = [Number(first), Number(last)];
  return oldest > 0 && newest >= oldest ? { oldest, newest } : undefined;
}
