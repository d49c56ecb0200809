/** A form in a drawer: for those with many fields. */
import { Button, Drawer, Flex, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import { focusFirstField, useReturnFocus } from './return-focus.ts';
import { SubmitForm, type SubmitFormProps } from './submit-form.tsx';

export interface FormDrawerProps<Values extends object> extends SubmitFormProps<Values> {
  title: string;
  submitLabel: string;
  onClose: () => void;
}

const width = 520;

export function FormDrawer<Values extends object>({ title, submitLabel, onClose, ...form }: FormDrawerProps<Values>) {
  const { of } = form;
  const { t } = useTranslation();
  const narrow = !(Grid.useBreakpoint().sm ?? true);
  useReturnFocus();
  function close(): void {
    of.giveUp();
    onClose();
  }
  return (
    <Drawer
      open
      title={title}
      size={narrow ? '100%' : width}
      onClose={close}
      afterOpenChange={(open) => open && focusFirstField(of.id)}
      footer={
        <Flex justify="end" gap="small">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="primary" htmlType="submit" form={of.id} loading={of.working}>
            {submitLabel}
          </Button>
        </Flex>
      }
    >
      <SubmitForm {...form} />
    </Drawer>
  );
}
