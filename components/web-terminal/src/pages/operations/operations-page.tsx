/** All operations with their progress and steps. */

import { useQuery } from '@tanstack/react-query';
import { type Operation, operationKinds, operationStates } from '@zhiyun/contracts';
import { Flex, Switch, Typography } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import type { Column } from '../../components/list/columns.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { oneOf, useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { TargetLink } from '../../components/named-link.tsx';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { Page } from '../../components/page.tsx';
import { OperationStateBadge } from '../../components/state-badge.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { formatDuration } from '../../util/format.ts';
import { operationName, term } from '../../util/term.ts';
import { useOperationActions } from './operation-actions.ts';
import { OperationList } from './operation-list.tsx';
import { OperationSteps } from './operation-steps.tsx';
import { operationQueries } from './queries.ts';

type Columns = Column<Operation>[];

function columnsOf(
  t: TFunction<['operations', 'common']>,
  language: string,
  actionsOf: ReturnType<typeof useOperationActions>,
): Columns {
  return [
    {
      key: 'kind',
      always: true,
      title: t('operations:column.kind'),
      render: (_, { id, kind }) => (
        <Link to={paths.operation(id)} style={{ whiteSpace: 'nowrap' }}>
          {operationName(kind)}
        </Link>
      ),
    },
    { key: 'target', title: t('operations:column.target'), render: (_, { target }) => <TargetLink target={target} /> },
    {
      key: 'state',
      title: t('operations:column.state'),
      render: (_, operation) => (
        <Flex vertical style={{ minWidth: 120 }}>
          <OperationStateBadge state={operation.state} />
          {operation.endedAt === null && <OperationProgress operation={operation} />}
        </Flex>
      ),
    },
    {
      key: 'createdBy',
      title: t('operations:column.createdBy'),
      responsive: ['lg'],
      render: (_, { createdBy }) => createdBy?.username ?? t('operations:bySystem'),
    },
    {
      key: 'createdAt',
      title: t('operations:column.createdAt'),
      responsive: ['md'],
      render: (_, { createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: 'duration',
      title: t('operations:column.duration'),
      responsive: ['lg'],
      render: (_, { createdAt, endedAt }) =>
        endedAt ? formatDuration(Date.parse(endedAt) - Date.parse(createdAt), language) : t('common:field.none'),
    },
    {
      key: 'actions',
      always: true,
      title: t('operations:column.actions'),
      width: 120,
      render: (_, operation) =>
        actionsOf(operation).map((action) => <ActionButton key={action.key} action={action} size="small" />),
    },
  ];
}

export function Component() {
  const { t, i18n } = useTranslation(['operations', 'common']);
  const state = useListState(['state', 'kind', 'active', 'target']);
  const actionsOf = useOperationActions();
  const chosenState = oneOf(state.filters.state, operationStates);
  const kind = oneOf(state.filters.kind, operationKinds);
  const active = oneOf(state.filters.active, ['true']);
  const query = useQuery({
    ...operationQueries.list({
      parent: 'none',
      state: chosenState,
      kind,
      active,
      target: state.filters.target,
      cursor: state.cursor,
      limit: state.limit,
    }),
    refetchInterval: ({ state: { data } }) => (data?.items.some(({ endedAt }) => endedAt === null) ? 2_000 : false),
  });
  return (
    <Page title={t('operations:title')}>
      <ResourceTable
        name="operations"
        label={t('operations:title')}
        query={query}
        state={state}
        columns={columnsOf(t, i18n.language, actionsOf)}
        rowKey="id"
        narrow={(items) => <OperationList operations={items} />}
        empty={<EmptyHint title={t('operations:empty')} hint={t('operations:emptyHint')} />}
        expandable={{ expandedRowRender: (operation) => <OperationSteps operation={operation} /> }}
        toolbar={
          <ListToolbar filtered={state.filtered} onClear={state.clear}>
            <FilterSelect
              all={t('operations:filter.state')}
              value={chosenState}
              options={operationStates.map((value) => ({ value, label: term('operation.state', value) }))}
              onChange={(value) => state.setFilter('state', value)}
            />
            <FilterSelect
              all={t('operations:filter.kind')}
              value={kind}
              options={operationKinds.map((value) => ({ value, label: operationName(value) }))}
              onChange={(value) => state.setFilter('kind', value)}
            />
            <Flex gap={6} align="center">
              <Switch
                id="only-active"
                size="small"
                checked={active === 'true'}
                onChange={(on) => state.setFilter('active', on ? 'true' : undefined)}
              />
              <label htmlFor="only-active">
                <Typography.Text>{t('operations:filter.active')}</Typography.Text>
              </label>
            </Flex>
          </ListToolbar>
        }
      />
    </Page>
  );
}
