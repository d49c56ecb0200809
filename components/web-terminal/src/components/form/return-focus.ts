/** Keyboard focus where dialogs begin and end. */
import { useEffect, useState } from 'react';

/** Gives the focus back to what had it when the caller appeared. A dialog that is removed takes the focus with it otherwise. */
export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
}

const firstField =
  'input:not([type=radio], [type=checkbox], [type=file], [type=hidden], :disabled), textarea:not(:disabled)';

/** The first field of a form that one types into, with what stands in it selected; unless somebody is in one already. */
export function focusFirstField(formId: string): void {
  const form = document.getElementById(formId);
  if (form?.contains(document.activeElement)) return;
  const field = form?.querySelector(firstField);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  field.focus();
  if (field.role !== 'combobox') field.select();
}
