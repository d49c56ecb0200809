/** A form in a dialog. */
import { Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { focusFirstField, useReturnFocus } from './return-focus.ts';
import { SubmitForm, type SubmitFormProps } from './submit-form.tsx';

export interface FormModalProps<Values extends object> extends SubmitFormProps<Values> {
  title: string;
  submitLabel: string;
  danger?: boolean;
  /** While something else is missing. */
  disabled?: boolean;
  width?: number;
  onClose: () => void;
  /** Stands in the place of the form once it was sent, where the dialog stays open. */
  sent?: { content: ReactNode; footer: ReactNode } | undefined;
}

export function FormModal<Values extends object>(props: FormModalProps<Values>) {
  const { title, submitLabel, danger = false, disabled = false, width, onClose, sent, ...form } = props;
  const { of } = form;
  const { t } = useTranslation();
  useReturnFocus();
  function close(): void {
    of.giveUp();
    onClose();
  }
  return (
    <Modal
      open
      title={title}
      {...(width ? { width } : {})}
      onCancel={close}
      afterOpenChange={(open) => open && focusFirstField(of.id)}
      footer={
        sent?.footer ?? (
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button
              type="primary"
              htmlType="submit"
              form={of.id}
              danger={danger}
              disabled={disabled}
              loading={of.working}
            >
              {submitLabel}
            </Button>
          </>
        )
      }
    >
      {sent?.content ?? <SubmitForm {...form} />}
    </Modal>
  );
}
