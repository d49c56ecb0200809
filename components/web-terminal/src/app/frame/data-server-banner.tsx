/** Says that no Data Server is there, as long as none is: nothing breaks at once, but nothing new can join. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { systemQueries } from '../../pages/overview/queries.ts';

export function DataServerBanner() {
  const { t } = useTranslation();
  const { data: system } = useQuery(systemQueries.summary());
  if (!system) return null;
  const counts = system.components.find(({ type }) => type === 'data-server')?.counts;
  // One that is only suspected may be back in a moment.
  if (counts && counts.online + counts.suspect > 0) return null;
  return <Alert banner showIcon role="status" type="warning" title={t('noDataServer')} />;
}
