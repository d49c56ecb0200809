/** Says that live updates are cut, as long as they are; and whether the platform answers at all. */
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LiveState } from '../../api/live.ts';

export function LiveBanner({ live }: { live: LiveState }) {
  const { t } = useTranslation();
  if (live === 'live' || live === 'connecting') return null;
  const offline = live === 'unreachable';
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
