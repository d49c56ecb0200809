/** The top of an axis of bytes: a power of two, so that its quarters are round numbers of KiB, MiB or GiB. */
const least = 4 * 1024;

export function axisTop(values: readonly number[]): number {
  const most = Math.max(least, ...values);
  return 2 ** Math.ceil(Math.log2(most));
}
