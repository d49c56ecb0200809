/** A dialog for what cannot be undone: the name must be typed. */
import { Alert, Flex, Form, Input, type InputRef, Modal, Typography } from 'antd';
import { type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

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

export default function ConfirmByNameDialog(props: ConfirmByNameProps) {
  const { title, warning, name, prompt, confirmLabel, disabled = false, children, onConfirm, onClose } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [working, setWorking] = useState(false);
  const input = useRef<InputRef>(null);
  const inputId = useId();
  const matches = typed.trim() === name;
  async function confirm(): Promise<void> {
    if (!matches || disabled || working) return;
    setWorking(true);
    try {
      await onConfirm();
    } finally {
      setWorking(false);
    }
  }
  return (
    <Modal
      open
      title={title}
      okText={confirmLabel}
      okButtonProps={{ danger: true, disabled: !matches || disabled, loading: working }}
      onOk={() => void confirm()}
      onCancel={onClose}
      afterOpenChange={(open) => open && input.current?.focus()}
    >
      <Flex vertical gap="middle">
        <Alert type="warning" showIcon title={warning} />
        {children}
        <Form layout="vertical" onFinish={() => void confirm()} component="form">
          <Form.Item
            style={{ marginBlockEnd: 8 }}
            htmlFor={inputId}
            label={prompt ?? t('confirm.typeName', { name })}
            required={false}
            {...(typed && !name.startsWith(typed) ? { validateStatus: 'error', help: t('confirm.mismatch') } : {})}
          >
            <Input
              id={inputId}
              ref={input}
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setTyped(target.value)}
            />
          </Form.Item>
        </Form>
        <Typography.Text type="secondary" copyable={{ text: name }}>
          {name}
        </Typography.Text>
      </Flex>
    </Modal>
  );
}
