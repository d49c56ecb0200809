/** What is shown when a page throws: what happened and the way on. A chunk that has gone with an update is cured by a reload. */
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';

export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Alert
      role="alert"
      type="error"
      showIcon
      title={t('crash.title')}
      description={
        <>
          <p>{t('crash.detail')}</p>
          {error instanceof Error && <code>{error.message}</code>}
        </>
      }
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('action.reload')}
        </Button>
      }
    />
  );
}
