/** Current and new password, asked for at the first login and from the user menu. */
import { useQueryClient } from '@tanstack/react-query';
import { changePasswordSchema } from '@zhiyun/contracts';
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { sessionKey, sessionQuery } from '../../api/session.ts';
import { checkBody } from '../../components/form/form-problem.ts';
import { type SubmitFormHandle, useSubmitForm } from '../../components/form/use-submit-form.ts';
import { fieldOfPassword } from './password-fields.ts';

const minimum = 10;

export interface PasswordValues {
  currentPassword: string;
  newPassword: string;
  repeated: string;
}

export function usePasswordForm(onDone: () => void): SubmitFormHandle<PasswordValues> {
  const client = useQueryClient();
  return useSubmitForm<PasswordValues, void>({
    fieldOf: fieldOfPassword,
    send: ({ currentPassword, newPassword }) =>
      api.changePassword({ body: checkBody(changePasswordSchema, { currentPassword, newPassword }) }),
    async onDone() {
      // The change may have renewed the session; ask who we are rather than believe it.
      await client.invalidateQueries({ queryKey: sessionKey });
      await client.ensureQueryData(sessionQuery);
      onDone();
    },
  });
}

export function PasswordFields() {
  const { t } = useTranslation('session');
  return (
    <>
      <Form.Item
        name="currentPassword"
        label={t('change.current')}
        rules={[{ required: true, message: t('passwordMissing') }]}
      >
        <Input.Password autoComplete="current-password" autoFocus maxLength={200} />
      </Form.Item>
      <Form.Item
        name="newPassword"
        label={t('change.new')}
        extra={t('change.newHint', { min: minimum })}
        dependencies={['currentPassword']}
        rules={[
          { required: true, message: t('passwordMissing') },
          { min: minimum, message: t('change.newHint', { min: minimum }) },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value && value === getFieldValue('currentPassword')
                ? Promise.reject(new Error(t('change.same')))
                : Promise.resolve(),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="repeated"
        label={t('change.repeat')}
        dependencies={['newPassword']}
        rules={[
          { required: true, message: t('passwordMissing') },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value && value !== getFieldValue('newPassword')
                ? Promise.reject(new Error(t('change.mismatch')))
                : Promise.resolve(),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
    </>
  );
}
