/** All that is done to components, for the engine. */
import type { AnyTransactionDefinition } from '@zhiyun/transaction';
import { type RemovalDeps, removeComponentTransaction } from './remove-component.ts';

export function componentTransactions(deps: RemovalDeps): AnyTransactionDefinition[] {
  return [removeComponentTransaction(deps)];
}
