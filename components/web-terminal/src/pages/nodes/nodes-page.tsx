/** All nodes with their load. */
import { EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { formatBytes, type Node } from '@zhiyun/contracts';
import { Badge, Flex, Progress, Typography } from 'antd';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMay } from '../../api/session.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import type { Column } from '../../components/list/columns.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar, SearchBox } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { NameLink } from '../../components/named-link.tsx';
import { Page } from '../../components/page.tsx';
import { NodeStateBadge } from '../../components/state-badge.tsx';
import { formatPercent } from '../../util/format.ts';
import { poolQueries } from '../pools/queries.ts';
import { NodeForm } from './node-form.tsx';
import { nodeQueries } from './queries.ts';
import { SchedulableSwitch } from './schedulable-switch.tsx';

type T = TFunction<['nodes', 'common']>;

function Load({ share, words, label }: { share: number; words: string; label: string }) {
  return (
    <div style={{ minWidth: 110 }}>
      <Typography.Text style={{ whiteSpace: 'nowrap' }}>{words}</Typography.Text>
      <Progress
        percent={share * 100}
        showInfo={false}
        size="small"
        status={share > 0.9 ? 'exception' : 'normal'}
        aria-label={`${label}: ${words}`}
      />
    </div>
  );
}

function columnsOf(t: T, language: string, editAction: (node: Node) => React.ReactNode): Column<Node>[] {
  const none = t('common:field.none');
  return [
    {
      key: 'name',
      always: true,
      title: t('nodes:column.name'),
      render: (_, { id, name }) => <NameLink to={paths.node(id)} name={name} />,
    },
    {
      key: 'state',
      title: t('nodes:column.state'),
      render: (_, { state, network = [] }) => (
        <Flex gap="small" wrap align="center">
          <NodeStateBadge state={state} />
          {network.length > 0 && <Badge status="warning" text={t('nodes:network.faulty')} />}
        </Flex>
      ),
    },
    {
      key: 'pool',
      title: t('nodes:column.pool'),
      responsive: ['md'],
      render: (_, { computePool }) =>
        computePool ? <Link to={paths.pool(computePool.id)}>{computePool.name}</Link> : t('nodes:noPool'),
    },
    {
      key: 'cpu',
      title: t('nodes:column.cpu'),
      responsive: ['sm'],
      render: (_, { load }) =>
        load ? <Load share={load.cpu} words={formatPercent(load.cpu, language)} label={t('nodes:column.cpu')} /> : none,
    },
    {
      key: 'memory',
      title: t('nodes:column.memory'),
      responsive: ['md'],
      render: (_, { load, facts }) =>
        load && facts ? (
          <Load
            share={load.memoryUsedBytes / facts.memoryBytes}
            words={`${formatBytes(load.memoryUsedBytes)} / ${formatBytes(facts.memoryBytes)}`}
            label={t('nodes:column.memory')}
          />
        ) : (
          none
        ),
    },
    {
      key: 'instances',
      title: t('nodes:column.instances'),
      align: 'right',
      responsive: ['lg'],
      render: (_, { id, instanceCount }) => <Link to={paths.instancesOfNode(id)}>{instanceCount}</Link>,
    },
    {
      key: 'address',
      title: t('nodes:column.address'),
      responsive: ['xl'],
      render: (_, { address }) => address ?? none,
    },
    {
      key: 'schedulable',
      title: t('nodes:column.schedulable'),
      render: (_, node) => <SchedulableSwitch node={node} />,
    },
    {
      key: 'actions',
      always: true,
      title: t('nodes:column.actions'),
      width: 80,
      fixed: 'end',
      render: (_, node) => editAction(node),
    },
  ];
}

export function Component() {
  const { t, i18n } = useTranslation(['nodes', 'common']);
  const state = useListState(['search', 'computePool']);
  const { search, computePool } = state.filters;
  const query = useQuery(nodeQueries.list({ search, computePool, cursor: state.cursor, limit: state.limit }));
  const { data: pools } = useQuery(poolQueries.all());
  const may = useMay('node:write');
  const [editing, setEditing] = useState<Node>();
  const editAction = (node: Node) => (
    <ActionButton
      type="text"
      size="small"
      iconOnly
      action={{
        key: 'edit',
        label: `${t('common:action.edit')}: ${node.name}`,
        icon: <EditOutlined />,
        reason: may ? undefined : t('common:reason.role'),
        run: () => setEditing(node),
      }}
    />
  );
  return (
    <Page title={t('nodes:title')}>
      <ResourceTable
        name="nodes"
        label={t('nodes:title')}
        query={query}
        state={state}
        columns={columnsOf(t, i18n.language, editAction)}
        rowKey="id"
        empty={<EmptyHint title={t('nodes:empty')} hint={t('nodes:emptyHint')} />}
        toolbar={
          <ListToolbar filtered={state.filtered} onClear={state.clear}>
            <SearchBox value={search} onSearch={(text) => state.setFilter('search', text)} />
            <FilterSelect
              all={t('nodes:filter.pool')}
              value={computePool}
              options={(pools?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(value) => state.setFilter('computePool', value)}
            />
          </ListToolbar>
        }
      />
      {editing && <NodeForm node={editing} onClose={() => setEditing(undefined)} />}
    </Page>
  );
}
