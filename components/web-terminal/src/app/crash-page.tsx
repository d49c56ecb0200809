/** What is shown when a page throws: what happened and the way on. A chunk that has gone with an update is cured by a reload. */
import { Button, Result, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';

export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Result
      status="error"
      role="alert"
      title={t('crash.title')}
      subTitle={t('crash.detail')}
      extra={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('action.reload')}
        </Button>
      }
    >
      {error instanceof Error && <Typography.Text code>{error.message}</Typography.Text>}
    </Result>
  );
}
