import type { Operation } from '@zhiyun/contracts';

/** Where children failed, the parent's error is theirs: it must not be read as that of all. Undefined: none did. */
export function partsFailed({ children }: Pick<Operation, 'children'>): { failed: number; total: number } | undefined {
  const failed = children ? children.total - children.succeeded : 0;
  return children && failed > 0 ? { failed, total: children.total } : undefined;
}
