/** Types a text into the guest as keys: where nothing in the guest could take a clipboard. */
import { Form, Input, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldMessage } from '../../../api/errors.ts';
import { FormModal } from '../../../components/form/form-modal.tsx';
import { useSubmitForm } from '../../../components/form/use-submit-form.ts';
import { keysOfText } from './keys.ts';
import { type KeyTarget, typeText } from './send-keys.ts';

interface Values {
  text: string;
}

interface PasteDialogProps {
  target: () => KeyTarget | undefined;
  onClose: () => void;
}

const mostCharacters = 4_000;

export default function PasteDialog({ target, onClose }: PasteDialogProps) {
  const { t } = useTranslation(['instances']);
  const [typing] = useState(() => new AbortController());
  const [progress, setProgress] = useState<{ done: number; all: number }>();
  useEffect(() => () => typing.abort(), [typing]);
  const paste = useSubmitForm<Values, void>({
    fieldOf: () => undefined,
    async send({ text }) {
      const keyboard = target();
      if (!keyboard) throw new Error(t('instances:display.state.reconnecting'));
      await typeText(keyboard, text, {
        signal: typing.signal,
        onProgress: (done, all) => setProgress({ done, all }),
      });
    },
    onDone: onClose,
  });
  return (
    <FormModal
      of={paste}
      title={t('instances:display.paste.title')}
      submitLabel={t('instances:display.paste.submit')}
      onClose={onClose}
      note={<Typography.Paragraph type="secondary">{t('instances:display.paste.detail')}</Typography.Paragraph>}
    >
      <Form.Item
        name="text"
        label={t('instances:display.paste.text')}
        extra={progress && t('instances:display.paste.progress', progress)}
        rules={[
          { required: true, message: fieldMessage('is required') },
          {
            async validator(_, value: string | undefined) {
              const { impossible } = keysOfText(value ?? '');
              if (impossible.length === 0) return;
              throw new Error(
                t('instances:display.paste.impossible', { characters: impossible.slice(0, 20).join(' ') }),
              );
            },
          },
        ]}
      >
        <Input.TextArea rows={6} maxLength={mostCharacters} spellCheck={false} autoComplete="off" />
      </Form.Item>
    </FormModal>
  );
}
