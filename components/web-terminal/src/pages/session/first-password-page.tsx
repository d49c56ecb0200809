/** The first login: nothing else can be reached before an own password is set. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { sessionQuery } from '../../api/session.ts';
import { paths, safeReturnPath } from '../../app/paths.ts';
import { SubmitForm } from '../../components/form/submit-form.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { PasswordFields, usePasswordForm } from './password-form.tsx';
import { SessionLayout } from './session-layout.tsx';

export function Component() {
  const { t } = useTranslation('session');
  const [params] = useSearchParams();
  // The page itself goes on once the password is set.
  const form = usePasswordForm(() => {});
  const { data: user, isPending } = useQuery(sessionQuery);
  if (isPending) return <PageLoading />;
  if (!user) return <Navigate replace to={paths.login} />;
  if (!user.mustChangePassword) return <Navigate replace to={safeReturnPath(params.get('from'))} />;
  return (
    <SessionLayout title={t('first.title')} detail={t('first.detail')}>
      <SubmitForm of={form}>
        <PasswordFields />
        <Button type="primary" size="large" block htmlType="submit" loading={form.working}>
          {t('first.submit')}
        </Button>
      </SubmitForm>
    </SessionLayout>
  );
}
