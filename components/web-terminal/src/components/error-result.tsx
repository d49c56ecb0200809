/** A read that failed, in the place of what it should have shown. */
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayError } from '../api/errors.ts';

export function ErrorResult({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, detail, code } = displayError(error);
  return (
    <Alert
      role="alert"
      showIcon
      type={code === 'not-found' || code === 'forbidden' ? 'warning' : 'error'}
      title={title}
      description={detail}
      action={onRetry && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    />
  );
}
