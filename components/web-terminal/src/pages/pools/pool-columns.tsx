import { type ComputePool, formatBytes } from '@zhiyun/contracts';
import type { TFunction } from 'i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { ActionMenu } from '../../components/actions/action-menu.tsx';
import { CapacityCell } from '../../components/capacity-bars.tsx';
import type { Column } from '../../components/list/columns.ts';
import { NameLink } from '../../components/named-link.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { formatNumber } from '../../util/format.ts';

const bytes = (value: number) => formatBytes(Math.round(value));

export function poolColumns(
  t: TFunction<['pools', 'common']>,
  language: string,
  actionsOf: (pool: ComputePool) => ActionItem[],
): Column<ComputePool>[] {
  return [
    {
      key: 'name',
      always: true,
      title: t('pools:column.name'),
      render: (_, { id, name }) => <NameLink to={paths.pool(id)} name={name} />,
    },
    { key: 'nodes', title: t('pools:column.nodes'), align: 'right', render: (_, { nodeCount }) => nodeCount },
    {
      key: 'instances',
      title: t('pools:column.instances'),
      align: 'right',
      render: (_, { id, instanceCount }) => <Link to={paths.instancesOfPool(id)}>{instanceCount}</Link>,
    },
    {
      key: 'cores',
      title: t('pools:column.cores'),
      responsive: ['md'],
      render: (_, { capacity }) => (
        <CapacityCell
          what={t('common:capacity.cores')}
          amount={capacity.cores}
          format={(value) => formatNumber(value, language)}
        />
      ),
    },
    {
      key: 'memory',
      title: t('pools:column.memory'),
      responsive: ['md'],
      render: (_, { capacity }) => (
        <CapacityCell what={t('common:capacity.memory')} amount={capacity.memoryBytes} format={bytes} />
      ),
    },
    {
      key: 'disk',
      title: t('pools:column.disk'),
      responsive: ['lg'],
      render: (_, { capacity }) => (
        <CapacityCell what={t('common:capacity.disk')} amount={capacity.diskBytes} format={bytes} />
      ),
    },
    {
      key: 'createdAt',
      title: t('pools:column.createdAt'),
      responsive: ['xl'],
      render: (_, { createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: 'actions',
      always: true,
      title: t('pools:column.actions'),
      width: 80,
      fixed: 'end',
      render: (_, pool) => (
        <ActionMenu label={t('common:action.rowMore', { name: pool.name })} actions={actionsOf(pool)} />
      ),
    },
  ];
}
