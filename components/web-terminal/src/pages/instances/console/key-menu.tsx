/** Keys that the browser keeps for itself or a touch screen does not have, and modifiers that stay down until let go. */
import { CheckOutlined, MacCommandOutlined } from '@ant-design/icons';
import { Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Chord, chordGroups, modifiers } from './keys.ts';
import { type KeyTarget, press } from './send-keys.ts';
import { ToolButton } from './tool-button.tsx';

interface KeyMenuProps {
  /** Undefined while there is no connection. */
  target: () => KeyTarget | undefined;
  disabled: boolean;
  /** After each key: gives the keyboard back to the picture. */
  onSent: () => void;
}

export function KeyMenu({ target, disabled, onSent }: KeyMenuProps) {
  const { t } = useTranslation('instances');
  const [held, setHeld] = useState<readonly string[]>([]);

  function send({ keys }: Chord): void {
    const keyboard = target();
    if (keyboard) press(keyboard, keys);
    onSent();
  }

  function hold({ name, keys }: Chord): void {
    const down = !held.includes(name);
    for (const { keysym, code } of keys) target()?.sendKey(keysym, code, down);
    setHeld(down ? [...held, name] : held.filter((each) => each !== name));
    onSent();
  }

  const items = [
    ...chordGroups.map(({ name, chords }) => ({
      key: name,
      type: 'submenu' as const,
      label: t(`display.keys.${name}`),
      children: chords.map((chord) => ({ key: chord.name, label: chord.name, onClick: () => send(chord) })),
    })),
    { type: 'divider' as const },
    {
      key: 'hold',
      type: 'group' as const,
      label: t('display.keys.hold'),
      children: modifiers.map((chord) => ({
        key: `hold-${chord.name}`,
        label: chord.name,
        icon: <CheckOutlined style={{ visibility: held.includes(chord.name) ? 'visible' : 'hidden' }} />,
        role: 'menuitemcheckbox',
        'aria-checked': held.includes(chord.name),
        onClick: () => hold(chord),
      })),
    },
  ];
  return (
    <Dropdown trigger={['click']} disabled={disabled} menu={{ items }}>
      <ToolButton icon={<MacCommandOutlined />} label={t('display.keys.button')} disabled={disabled} menu />
    </Dropdown>
  );
}
