/** All instances: found, filtered, sorted and paged by the platform, so that a hundred thousand are as quick as ten. */

import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { type Instance, instanceSorts, instanceStates } from '@zhiyun/contracts';
import { Button, Flex, type TableProps } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useMay } from '../../api/session.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { HeaderOnly } from '../../components/list/header-only.tsx';
import { oneOf, useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar, SearchBox } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { useSelection } from '../../components/list/selection.ts';
import { Page } from '../../components/page.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { term } from '../../util/term.ts';
import { nodeQueries } from '../nodes/queries.ts';
import { poolQueries } from '../pools/queries.ts';
import { BulkActions } from './bulk-actions.tsx';
import { useInstanceActions } from './instance-actions.tsx';
import { type ColumnContext, instanceColumns, RowActions } from './instance-columns.tsx';
import { InstanceList } from './instance-list.tsx';
import { instanceQueries } from './queries.ts';

const CreateInstance = lazyChunk(() => import('./create-instance.tsx'));
const defaultSort = '-createdAt';
const nothing: Instance[] = [];

export function Component() {
  const { t } = useTranslation(['instances', 'common']);
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const mayWrite = useMay('instance:write');
  const mayOpenConsole = useMay('instance:console');
  const state = useListState(['search', 'state', 'computePool', 'node', 'sort'], ['sort']);
  const { search, computePool, node } = state.filters;
  const chosenState = oneOf(state.filters.state, instanceStates);
  const sort = oneOf(state.filters.sort, instanceSorts) ?? defaultSort;
  const query = useQuery(
    instanceQueries.list({
      search,
      state: chosenState,
      computePool,
      node,
      sort,
      cursor: state.cursor,
      limit: state.limit,
    }),
  );
  const { data: pools } = useQuery(poolQueries.all());
  const { data: nodes } = useQuery(nodeQueries.all());
  const { data: total } = useQuery(instanceQueries.total({ search, state: chosenState, computePool, node }));
  const selection = useSelection<Instance>(query.data?.items ?? nothing);
  const { actionsOf, dialogs } = useInstanceActions();
  const create = params.get('create');

  function setCreating(on: boolean): void {
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (on) next.set('create', 'blank');
        else next.delete('create');
        return next;
      },
      { replace: true },
    );
  }
  const sortChanged: TableProps<Instance>['onChange'] = (_page, _filters, sorter) => {
    const { columnKey, order } = Array.isArray(sorter) ? (sorter[0] ?? {}) : sorter;
    const next = order ? `${order === 'descend' ? '-' : ''}${String(columnKey)}` : undefined;
    state.setFilter('sort', next === defaultSort ? undefined : next);
  };
  const context: ColumnContext = {
    t,
    sort,
    actionsOf,
    mayOpenConsole,
    openDisplay: ({ id }) => void navigate(paths.instanceTab(id, 'display')),
  };
  const createAction = {
    key: 'create',
    label: t('instances:create'),
    icon: <PlusOutlined />,
    reason: mayWrite ? undefined : t('common:reason.role'),
    run: () => setCreating(true),
  };
  return (
    <Page title={t('instances:title')} actions={<ActionButton action={createAction} type="primary" />}>
      <ResourceTable
        name="instances"
        label={t('instances:title')}
        query={query}
        state={state}
        columns={instanceColumns(context)}
        narrow={(items) => (
          <InstanceList
            instances={items}
            actions={(instance) => <RowActions instance={instance} context={context} />}
          />
        )}
        rowKey="id"
        onChange={sortChanged}
        rowSelection={{
          selectedRowKeys: selection.ids,
          onChange: selection.change,
          preserveSelectedRowKeys: true,
          columnTitle: (box) => <HeaderOnly>{box}</HeaderOnly>,
          getCheckboxProps: ({ name }) => ({ 'aria-label': name }) as object,
        }}
        empty={
          <EmptyHint title={t('instances:empty')} hint={t('instances:emptyHint')}>
            {mayWrite && (
              <>
                <Link to={paths.imageAdd}>
                  <Button>{t('instances:emptyImage')}</Button>
                </Link>
                <Button type="primary" onClick={() => setCreating(true)}>
                  {t('instances:create')}
                </Button>
              </>
            )}
          </EmptyHint>
        }
        total={total}
        toolbar={
          <Flex vertical gap="small">
            <BulkActions selected={selection.items} elsewhere={selection.elsewhere} onDone={selection.clear} />
            <ListToolbar filtered={state.filtered} onClear={state.clear}>
              <SearchBox
                label={t('instances:search')}
                value={search}
                onSearch={(text) => state.setFilter('search', text)}
              />
              <FilterSelect
                all={t('instances:filter.state')}
                value={chosenState}
                options={instanceStates.map((value) => ({ value, label: term('instance.state', value) }))}
                onChange={(value) => state.setFilter('state', value)}
              />
              <FilterSelect
                all={t('instances:filter.pool')}
                value={computePool}
                options={(pools?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(value) => state.setFilter('computePool', value)}
              />
              <FilterSelect
                all={t('instances:filter.node')}
                value={node}
                options={(nodes?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(value) => state.setFilter('node', value)}
              />
            </ListToolbar>
          </Flex>
        }
      />
      {dialogs}
      {create !== null && mayWrite && (
        <Suspense>
          <CreateInstance image={create === 'blank' ? undefined : create} onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </Page>
  );
}
