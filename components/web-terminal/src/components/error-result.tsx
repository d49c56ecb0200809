/** A read that failed, in the place of what it should have shown. */
import { Button, Result } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayError } from '../api/errors.ts';

export function ErrorResult({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, detail, code } = displayError(error);
  return (
    <Result
      role="alert"
      status={code === 'not-found' ? '404' : code === 'forbidden' ? '403' : 'error'}
      title={title}
      subTitle={detail}
      extra={onRetry && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    />
  );
}
