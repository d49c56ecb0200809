/** The dialog for what cannot be undone, loaded when it is first needed: most visits need none. */
import { lazy, Suspense } from 'react';
import type { ConfirmByNameProps } from './confirm-by-name-dialog.tsx';

const Dialog = lazy(() => import('./confirm-by-name-dialog.tsx'));

export function ConfirmByName(props: ConfirmByNameProps) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
