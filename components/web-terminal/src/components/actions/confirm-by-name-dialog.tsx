/** A dialog for what cannot be undone: the name must be typed. */
import { Alert, Flex, Form, Input, Typography } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormModal } from '../form/form-modal.tsx';
import { useSubmitForm } from '../form/use-submit-form.ts';

export interface ConfirmByNameProps {
  title: string;
  /** What will be lost. */
  warning: ReactNode;
  /** What has to be typed. */
  name: string;
  /** Replaces «type the name to confirm». */
  prompt?: string;
  confirmLabel: string;
  /** While something else is missing. */
  disabled?: boolean;
  /** Between the warning and the name. */
  children?: ReactNode;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

interface Values {
  typed: string;
}

export default function ConfirmByNameDialog(props: ConfirmByNameProps) {
  const { title, warning, name, prompt, confirmLabel, disabled = false, children, onConfirm, onClose } = props;
  const { t } = useTranslation();
  const confirm = useSubmitForm<Values, void>({ fieldOf: () => undefined, send: onConfirm, onDone: () => {} });
  // Not watched by the form, which tells later: a quick Enter would find the button still disabled, and be lost.
  const [typed, setTyped] = useState('');
  const ready = typed.trim() === name && !disabled;
  // Ctrl-Enter asks no button.
  const guarded = { ...confirm, submit: (values: Values) => void (ready && confirm.submit(values)) };
  return (
    <FormModal of={guarded} title={title} submitLabel={confirmLabel} danger disabled={!ready} onClose={onClose}>
      <Flex vertical gap="middle">
        <Alert type="warning" showIcon title={warning} />
        {children}
        <Form.Item
          name="typed"
          style={{ marginBlockEnd: 8 }}
          label={prompt ?? t('confirm.typeName', { name })}
          {...(typed && !name.startsWith(typed) ? { validateStatus: 'error', help: t('confirm.mismatch') } : {})}
        >
          <Input autoComplete="off" spellCheck={false} onChange={({ target }) => setTyped(target.value)} />
        </Form.Item>
        <Typography.Text type="secondary" copyable={{ text: name }}>
          {name}
        </Typography.Text>
      </Flex>
    </FormModal>
  );
}
