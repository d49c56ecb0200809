/** The components as a table: the same as the picture for who does not see it, and for thousands of them. */

import { useQuery } from '@tanstack/react-query';
import { type Component, componentStates } from '@zhiyun/contracts';
import { componentTypes } from '@zhiyun/contracts/links';
import { Button } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../components/list/columns.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { oneOf, useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar, SearchBox } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { term } from '../../util/term.ts';
import { componentQueries } from './queries.ts';
import { ComponentStateMark } from './state-mark.tsx';

function columnsOf(t: TFunction<['domain', 'common']>, onOpen: (component: string) => void): Column<Component>[] {
  const none = t('common:field.none');
  return [
    {
      key: 'name',
      always: true,
      title: t('common:field.name'),
      render: (_, { id, name }) => (
        <Button type="link" style={{ padding: 0, height: 'auto', fontWeight: 500 }} onClick={() => onOpen(id)}>
          {name || id.slice(-12)}
        </Button>
      ),
    },
    { key: 'type', title: t('domain:column.type'), render: (_, { type }) => t(`common:componentType.${type}`) },
    { key: 'state', title: t('common:field.state'), render: (_, { state }) => <ComponentStateMark state={state} /> },
    { key: 'since', title: t('domain:column.since'), render: (_, { since }) => <RelativeTime at={since} /> },
    {
      key: 'address',
      title: t('domain:field.addresses'),
      responsive: ['md'],
      render: (_, { addresses }) => addresses[0] ?? none,
    },
    {
      key: 'version',
      title: t('domain:field.version'),
      responsive: ['lg'],
      render: (_, { version }) => version || none,
    },
    {
      key: 'joined',
      title: t('domain:field.joinedAt'),
      responsive: ['xl'],
      render: (_, { joinedAt }) => <RelativeTime at={joinedAt} />,
    },
  ];
}

export default function ComponentsTable({ onOpen }: { onOpen: (component: string) => void }) {
  const { t } = useTranslation(['domain', 'common']);
  const list = useListState(['search', 'type', 'state']);
  const { search } = list.filters;
  const type = oneOf(list.filters.type, componentTypes);
  const state = oneOf(list.filters.state, componentStates);
  const query = useQuery(componentQueries.list({ search, type, state, cursor: list.cursor, limit: list.limit }));
  return (
    <ResourceTable
      name="components"
      label={t('domain:list')}
      query={query}
      state={list}
      columns={columnsOf(t, onOpen)}
      rowKey="id"
      empty={<EmptyHint title={t('domain:empty')} hint={t('domain:emptyHint')} />}
      toolbar={
        <ListToolbar filtered={list.filtered} onClear={list.clear}>
          <SearchBox value={search} onSearch={(text) => list.setFilter('search', text)} />
          <FilterSelect
            all={t('domain:filter.type')}
            value={type}
            options={componentTypes.map((value) => ({ value, label: t(`common:componentType.${value}`) }))}
            onChange={(value) => list.setFilter('type', value)}
          />
          <FilterSelect
            all={t('domain:filter.state')}
            value={state}
            options={componentStates.map((value) => ({ value, label: term('component.state', value) }))}
            onChange={(value) => list.setFilter('state', value)}
          />
        </ListToolbar>
      }
    />
  );
}
