/** The first login: nothing else can be reached before an own password is set. */
import { useQuery } from '@tanstack/react-query';
import { Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { sessionQuery } from '../../api/session.ts';
import { paths, safeReturnPath } from '../../app/paths.ts';
import { PageLoading } from '../../components/page-loading.tsx';
import { PasswordForm, type PasswordValues } from './password-form.tsx';
import { SessionLayout } from './session-layout.tsx';

export function Component() {
  const { t } = useTranslation('session');
  const [params] = useSearchParams();
  const [form] = Form.useForm<PasswordValues>();
  const [working, setWorking] = useState(false);
  const { data: user, isPending } = useQuery(sessionQuery);
  if (isPending) return <PageLoading />;
  if (!user) return <Navigate replace to={paths.login} />;
  // Also the way on once the password is set.
  if (!user.mustChangePassword) return <Navigate replace to={safeReturnPath(params.get('from'))} />;
  return (
    <SessionLayout title={t('first.title')} detail={t('first.detail')}>
      <PasswordForm form={form} onDone={() => {}} onWorking={setWorking} />
      <Button type="primary" size="large" block loading={working} onClick={() => form.submit()}>
        {t('first.submit')}
      </Button>
    </SessionLayout>
  );
}
