/** The dialog for what cannot be undone, loaded when it is first needed: most visits need none. */
import { Suspense } from 'react';
import { lazyChunk } from '../../util/load-chunk.ts';
import type { ConfirmByNameProps } from './confirm-by-name-dialog.tsx';

const Dialog = lazyChunk(() => import('./confirm-by-name-dialog.tsx'));

export function ConfirmByName(props: ConfirmByNameProps) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
