/** A dialog for what cannot be undone: the name must be typed. */
import { Alert, Flex, Form, Input, Typography } from 'antd';
import type { ReactNode } from 'react';
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
  const typed = Form.useWatch('typed', confirm.form) ?? '';
  const matches = typed.trim() === name;
  return (
    <FormModal
      of={confirm}
      title={title}
      submitLabel={confirmLabel}
      danger
      disabled={!matches || disabled}
      onClose={onClose}
    >
      <Flex vertical gap="middle">
        <Alert type="warning" showIcon title={warning} />
        {children}
        <Form.Item
          name="typed"
          style={{ marginBlockEnd: 8 }}
          label={prompt ?? t('confirm.typeName', { name })}
          {...(typed && !name.startsWith(typed) ? { validateStatus: 'error', help: t('confirm.mismatch') } : {})}
        >
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Typography.Text type="secondary" copyable={{ text: name }}>
          {name}
        </Typography.Text>
      </Flex>
    </FormModal>
  );
}
