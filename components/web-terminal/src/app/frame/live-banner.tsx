/** Says that live updates are cut, as long as they are; and whether the platform answers at all. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { isNetworkError } from '../../api/errors.ts';
import type { LiveState } from '../../api/live.ts';
import { operationQueries } from '../../api/queries.ts';

export function LiveBanner({ live }: { live: LiveState }) {
  const { t } = useTranslation();
  const { error } = useQuery(operationQueries.active());
  if (live !== 'lost') return null;
  const offline = isNetworkError(error);
  return (
    <Alert
      banner
      showIcon
      role="status"
      type={offline ? 'error' : 'warning'}
      title={t(offline ? 'live.offline' : 'live.lost')}
      description={t(offline ? 'live.offlineDetail' : 'live.lostDetail')}
    />
  );
}
