/** Current and new password, asked for at the first login and from the user menu. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changePasswordSchema } from '@zhiyun/contracts';
import { Form, type FormInstance, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { sessionKey, sessionQuery } from '../../api/session.ts';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { fieldOfPassword } from './password-fields.ts';

const minimum = 10;

export interface PasswordValues {
  currentPassword: string;
  newPassword: string;
  repeated: string;
}

export interface PasswordFormProps {
  form: FormInstance<PasswordValues>;
  onDone: () => void;
  onWorking: (working: boolean) => void;
}

export function PasswordForm({ form, onDone, onWorking }: PasswordFormProps) {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  const problem = useFormProblem(form, fieldOfPassword);
  const change = useMutation({
    mutationFn: async ({ currentPassword, newPassword }: PasswordValues) =>
      api.changePassword({ body: checkBody(changePasswordSchema, { currentPassword, newPassword }) }),
    onMutate: () => {
      problem.clear();
      onWorking(true);
    },
    onSuccess: async () => {
      // The change may have renewed the session; ask who we are rather than believe it.
      await client.invalidateQueries({ queryKey: sessionKey });
      await client.ensureQueryData(sessionQuery);
      onDone();
    },
    onError: problem.show,
    onSettled: () => onWorking(false),
  });
  return (
    <Form<PasswordValues>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={(values) => change.mutate(values)}
    >
      <ProblemAlert problem={problem.problem} />
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
          {
            validator: (_, value) =>
              value && value === form.getFieldValue('currentPassword')
                ? Promise.reject(new Error(t('change.same')))
                : Promise.resolve(),
          },
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
          {
            validator: (_, value) =>
              value && value !== form.getFieldValue('newPassword')
                ? Promise.reject(new Error(t('change.mismatch')))
                : Promise.resolve(),
          },
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
    </Form>
  );
}
