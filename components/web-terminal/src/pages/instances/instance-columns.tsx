/** The columns of the list of instances. */
import { DesktopOutlined } from '@ant-design/icons';
import { formatBytes, type Instance, instanceCan } from '@zhiyun/contracts';
import { Flex } from 'antd';
import type { TFunction } from 'i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { ActionMenu } from '../../components/actions/action-menu.tsx';
import { IdText } from '../../components/id-text.tsx';
import type { Column } from '../../components/list/columns.ts';
import { NameLink } from '../../components/named-link.tsx';
import { RelativeTime } from '../../components/time.tsx';
import type { PowerAction } from './instance-actions.tsx';
import { StateWithReason } from './state-with-reason.tsx';

type Columns = Column<Instance>[];
type SortOrder = 'ascend' | 'descend' | null;

export interface ColumnContext {
  t: TFunction<['instances', 'common']>;
  sort: string;
  actionsOf: (instance: Instance) => Record<PowerAction | 'rename', ActionItem>;
  openDisplay: (instance: Instance) => void;
  mayOpenConsole: boolean;
}

function sortOrder(sort: string, field: string): SortOrder {
  return sort === field ? 'ascend' : sort === `-${field}` ? 'descend' : null;
}

function sourceOf(instance: Instance): string | undefined {
  return instance.disks.find(({ image }) => image)?.image?.name ?? instance.iso?.name;
}

export function RowActions({ instance, context }: { instance: Instance; context: ColumnContext }) {
  const { t, actionsOf, openDisplay, mayOpenConsole } = context;
  const actions = actionsOf(instance);
  const display: ActionItem = {
    key: 'display',
    label: t('instances:action.display'),
    icon: <DesktopOutlined />,
    reason: !mayOpenConsole
      ? t('common:reason.role')
      : instanceCan('display', instance.state)
        ? undefined
        : t('instances:display.notRunning'),
    run: () => openDisplay(instance),
  };
  const primary = instance.state === 'stopped' ? actions.start : actions.stop;
  const further = [
    actions.start,
    actions.stop,
    actions.reboot,
    actions.kill,
    actions.reset,
    actions.rename,
    actions.delete,
  ];
  return (
    <Flex gap={2} align="center">
      <ActionButton action={display} type="text" size="small" iconOnly />
      <ActionButton action={primary} type="text" size="small" iconOnly />
      <ActionMenu
        actions={further.filter((action) => action !== primary)}
        label={t('common:action.rowMore', { name: instance.name })}
      />
    </Flex>
  );
}

export function instanceColumns(context: ColumnContext): Columns {
  const { t, sort } = context;
  return [
    {
      key: 'name',
      always: true,
      title: t('instances:column.name'),
      sorter: true,
      sortOrder: sortOrder(sort, 'name'),
      render: (_, { id, name }) => <NameLink to={paths.instance(id)} name={name} />,
    },
    {
      key: 'state',
      title: t('instances:column.state'),
      render: (_, instance) => <StateWithReason instance={instance} />,
    },
    {
      key: 'size',
      title: t('instances:column.size'),
      responsive: ['sm'],
      render: (_, { cores, memoryBytes }) => (
        <span style={{ whiteSpace: 'nowrap' }}>{t('instances:size', { cores, memory: formatBytes(memoryBytes) })}</span>
      ),
    },
    {
      key: 'address',
      title: t('instances:column.address'),
      responsive: ['md'],
      render: (_, { address }) => address ?? t('common:field.none'),
    },
    {
      key: 'mac',
      title: t('instances:column.mac'),
      rare: true,
      render: (_, { macAddress }) => macAddress ?? t('common:field.none'),
    },
    {
      key: 'id',
      title: t('instances:column.id'),
      rare: true,
      render: (_, { id }) => <IdText id={id} />,
    },
    {
      key: 'source',
      title: t('instances:column.source'),
      responsive: ['xl'],
      render: (_, instance) => sourceOf(instance) ?? t('instances:blank'),
    },
    {
      key: 'pool',
      title: t('instances:column.pool'),
      responsive: ['xxl'],
      render: (_, { computePool }) => <Link to={paths.pool(computePool.id)}>{computePool.name}</Link>,
    },
    {
      key: 'node',
      title: t('instances:column.node'),
      responsive: ['lg'],
      render: (_, { node }) => (node ? <Link to={paths.node(node.id)}>{node.name}</Link> : t('common:field.none')),
    },
    {
      key: 'createdAt',
      title: t('instances:column.createdAt'),
      responsive: ['lg'],
      sorter: true,
      sortOrder: sortOrder(sort, 'createdAt'),
      render: (_, { createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: 'actions',
      always: true,
      title: t('instances:column.actions'),
      width: 120,
      fixed: 'end',
      render: (_, instance) => <RowActions instance={instance} context={context} />,
    },
  ];
}
