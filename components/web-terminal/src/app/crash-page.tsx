/** What is shown when a page throws: what happened and the way on. A chunk that has gone with an update is cured by a reload. */
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { ChunkError } from '../util/load-chunk.ts';

export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  const chunk = error instanceof ChunkError;
  return (
    <Alert
      role="alert"
      type="error"
      showIcon
      title={<h1 style={{ font: 'inherit', margin: 0 }}>{t(chunk ? 'crash.chunkTitle' : 'crash.title')}</h1>}
      description={
        <>
          <p>{t(chunk ? 'crash.chunkDetail' : 'crash.detail')}</p>
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
