/** Sign in, then go on to where one wanted to be. */
import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { firstSignInQuery, lastSession, sessionQuery, signIn } from '../../api/session.ts';
import { safeReturnPath } from '../../app/paths.ts';
import { SubmitForm } from '../../components/form/submit-form.tsx';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { SessionLayout } from './session-layout.tsx';

interface Credentials {
  username: string;
  password: string;
}

export function Component() {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  const [params] = useSearchParams();
  const from = params.get('from');
  const { data: user } = useQuery(sessionQuery);
  const { data: first } = useQuery(firstSignInQuery);
  const login = useSubmitForm<Credentials, unknown>({
    fieldOf: () => undefined,
    send: ({ username, password }) => signIn(client, username.trim(), password),
    onDone: () => {},
  });
  // Also whoever comes here signed in. The pages beyond ask for a new password where one is due.
  if (user) return <Navigate replace to={safeReturnPath(lastSession.mayLeadBack(user) ? from : null)} />;
  return (
    <SessionLayout title={t('welcome')} detail={t('tagline')}>
      <SubmitForm
        of={login}
        size="large"
        note={from && <Alert type="info" showIcon title={t('expired')} style={{ marginBlockEnd: 16 }} />}
      >
        <Form.Item name="username" label={t('username')} rules={[{ required: true, message: t('usernameMissing') }]}>
          <Input prefix={<UserOutlined aria-hidden />} autoComplete="username" autoFocus maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('passwordMissing') }]}>
          <Input.Password prefix={<LockOutlined aria-hidden />} autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={login.working}>
          {t('submit')}
        </Button>
      </SubmitForm>
      {first?.pending && (
        <Typography.Paragraph type="secondary" style={{ fontSize: 12, marginBlock: '24px 0' }}>
          {t('firstHint')}
        </Typography.Paragraph>
      )}
    </SessionLayout>
  );
}
