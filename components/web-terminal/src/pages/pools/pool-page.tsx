/** One compute pool: capacity, rules, nodes. */
import { useQuery } from '@tanstack/react-query';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { isNotFound } from '../../api/errors.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { CapacityBars } from '../../components/capacity-bars.tsx';
import { Facts } from '../../components/facts.tsx';
import { GoneResult } from '../../components/gone-result.tsx';
import { IdText } from '../../components/id-text.tsx';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { NodeStateBadge } from '../../components/state-badge.tsx';
import { ExactTime } from '../../components/time.tsx';
import { nodeQueries } from '../nodes/queries.ts';
import { usePoolActions } from './pool-actions.tsx';
import { poolQueries } from './queries.ts';

function PoolNodes({ poolId }: { poolId: string }) {
  const { t } = useTranslation('pools');
  const { token } = theme.useToken();
  const { data } = useQuery(nodeQueries.list({ computePool: poolId, limit: 200 }));
  if (data?.items.length === 0) return <EmptyHint title={t('noNodes')} hint={t('noNodesHint')} />;
  return (
    <Flex vertical component="ul" gap={token.marginXS} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {(data?.items ?? []).map(({ id, name, state, address }) => (
        <Flex key={id} component="li" gap="middle" wrap>
          <NodeStateBadge state={state} />
          <Link to={paths.node(id)}>{name}</Link>
          {address && <Typography.Text type="secondary">{address}</Typography.Text>}
        </Flex>
      ))}
    </Flex>
  );
}

export function Component() {
  const { t } = useTranslation(['pools', 'common']);
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { data: pool, error, refetch } = useQuery(poolQueries.detail(id));
  const { actionsOf, dialogs } = usePoolActions(() => void navigate(paths.pools));
  const back = { to: paths.pools, label: t('pools:title') };
  if (error && (!pool || isNotFound(error)))
    return (
      <GoneResult error={error} onRetry={() => void refetch()} kind="compute-pool" id={pool?.id ?? id} back={back} />
    );
  if (!pool) return <PageLoading />;
  return (
    <Page
      title={pool.name}
      subtitle={pool.description}
      back={back}
      actions={actionsOf(pool).map((action) => <ActionButton key={action.key} action={action} />)}
    >
      <SectionCard title={t('pools:capacity')}>
        <CapacityBars capacity={pool.capacity} />
      </SectionCard>
      <SectionCard title={t('pools:facts')}>
        <Facts
          items={[
            {
              key: 'instances',
              label: t('pools:column.instances'),
              value: (
                <Link to={paths.instancesOfPool(pool.id)}>{t('pools:instances', { count: pool.instanceCount })}</Link>
              ),
            },
            { key: 'nodes', label: t('pools:column.nodes'), value: pool.nodeCount },
            {
              key: 'storage',
              label: t('pools:storageMode.label'),
              value: t(`pools:storageMode.${pool.storageMode}`),
            },
            {
              key: 'network',
              label: t('pools:networkMode.label'),
              value: t(`pools:networkMode.${pool.networkMode}`),
            },
            { key: 'cpu', label: t('pools:cpuOvercommit'), value: t('pools:ratio', { value: pool.cpuOvercommit }) },
            { key: 'disk', label: t('pools:diskOvercommit'), value: t('pools:ratio', { value: pool.diskOvercommit }) },
            { key: 'created', label: t('common:field.createdAt'), value: <ExactTime at={pool.createdAt} /> },
            {
              key: 'id',
              label: t('common:field.id'),
              value: <IdText id={pool.id} />,
            },
          ]}
        />
      </SectionCard>
      <SectionCard title={t('pools:nodes')}>
        <PoolNodes poolId={pool.id} />
      </SectionCard>
      {dialogs}
    </Page>
  );
}
