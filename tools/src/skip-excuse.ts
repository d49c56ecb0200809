/**
 * Which tests may be skipped: those that say why, in their name as `(skipped: …)` or in a note, when it is something that no package
 * brings: root, another processor. All others would make a green run of what nobody has tried.
 */
export function skipFault(name: string, note: string | undefined): string | undefined {
  const reason = note ?? /\(skipped: (.+?)\)/.exec(name)?.[1];
  if (reason === undefined) return 'is skipped and does not say why';
  if (/not installed/.test(reason))
    return `is skipped: ${reason}. The launcher's lists in ./zhiyun must name its package`;
  return undefined;
}
