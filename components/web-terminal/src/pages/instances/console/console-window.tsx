/** A console in a window of its own, without the frame of the other pages. */
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ErrorResult } from '../../../components/error-result.tsx';
import { PageLoading } from '../../../components/page-loading.tsx';
import { lazyChunk } from '../../../util/load-chunk.ts';
import { instanceQueries } from '../queries.ts';

const consoles = {
  display: lazyChunk(() => import('./display-console.tsx')),
  serial: lazyChunk(() => import('./serial-console.tsx')),
};

/** No live feed of its own: a few windows more would use up what a user may have. */
const lookMs = 3_000;

export function Component() {
  const { t } = useTranslation(['instances', 'common']);
  const { id = '', kind } = useParams();
  const known = kind === 'serial' ? 'serial' : 'display';
  const { data: instance, error, refetch } = useQuery({ ...instanceQueries.detail(id), refetchInterval: lookMs });
  const title = instance ? t(`instances:${known}.title`, { name: instance.name }) : t('common:product');
  useEffect(() => {
    document.title = title;
  }, [title]);
  const Console = consoles[known];
  return (
    <main>
      <h1 className="visually-hidden">{title}</h1>
      {error && !instance ? (
        <ErrorResult error={error} onRetry={() => void refetch()} />
      ) : instance ? (
        <Suspense fallback={<PageLoading />}>
          <Console instance={instance} standalone />
        </Suspense>
      ) : (
        <PageLoading />
      )}
    </main>
  );
}
