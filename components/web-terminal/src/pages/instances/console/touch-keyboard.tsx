/**
 * The on-screen keyboard of a phone, for the guest. A phone opens it for text fields only, and says little about its keys: so
 * there is a field out of sight, and what changes in it is typed into the guest.
 */
import { KeyOutlined } from '@ant-design/icons';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { backspace, keysOfText } from './keys.ts';
import { type KeyTarget, press } from './send-keys.ts';
import { ToolButton } from './tool-button.tsx';

/** Stands in the field, so that there is something for «delete» to delete. */
const filling = '_'.repeat(64);

/** What was typed to make `after` of the filling: so many deletions, then a text. */
export function typedInto(after: string, before = filling): { deletions: number; text: string } {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return { deletions: before.length - same, text: after.slice(same) };
}

export function hasTouchKeyboard(): boolean {
  return window.matchMedia('(pointer: coarse)').matches;
}

interface TouchKeyboardProps {
  target: () => KeyTarget | undefined;
  disabled: boolean;
}

export function TouchKeyboard({ target, disabled }: TouchKeyboardProps) {
  const { t } = useTranslation('instances');
  const field = useRef<HTMLTextAreaElement>(null);

  function typed(element: HTMLTextAreaElement): void {
    const keyboard = target();
    const { deletions, text } = typedInto(element.value);
    element.value = filling;
    if (!keyboard) return;
    for (let count = 0; count < deletions; count++) press(keyboard, [backspace]);
    for (const keys of keysOfText(text).strokes) press(keyboard, keys);
  }

  return (
    <>
      <ToolButton
        icon={<KeyOutlined />}
        label={t('display.touchKeyboard')}
        disabled={disabled}
        onClick={() => {
          const open = document.activeElement === field.current;
          if (open) field.current?.blur();
          else field.current?.focus();
        }}
      />
      <textarea
        ref={field}
        className="visually-hidden"
        aria-label={t('display.touchKeyboard')}
        tabIndex={-1}
        defaultValue={filling}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        onInput={({ currentTarget, nativeEvent }) => {
          // A word under composition changes until it is done.
          if (!(nativeEvent as InputEvent).isComposing) typed(currentTarget);
        }}
        onCompositionEnd={({ currentTarget }) => typed(currentTarget)}
      />
    </>
  );
}
