/** All compute pools and what they can still hold. */
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { useListState } from '../../components/list/list-state.ts';
import { ListToolbar, SearchBox } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { Page } from '../../components/page.tsx';
import { usePoolActions } from './pool-actions.tsx';
import { poolColumns } from './pool-columns.tsx';
import { PoolForm } from './pool-form.tsx';
import { poolQueries } from './queries.ts';

export function Component() {
  const { t, i18n } = useTranslation(['pools', 'common']);
  const state = useListState(['search']);
  const query = useQuery(poolQueries.list({ search: state.filters.search, cursor: state.cursor, limit: state.limit }));
  const may = useMay('compute-pool:write');
  const [creating, setCreating] = useState(false);
  const { actionsOf, dialogs } = usePoolActions();
  return (
    <Page
      title={t('pools:title')}
      actions={
        <ActionButton
          type="primary"
          action={{
            key: 'create',
            label: t('pools:create'),
            icon: <PlusOutlined />,
            reason: may ? undefined : t('common:reason.role'),
            run: () => setCreating(true),
          }}
        />
      }
    >
      <ResourceTable
        name="pools"
        label={t('pools:title')}
        query={query}
        state={state}
        columns={poolColumns(t, i18n.language, actionsOf)}
        rowKey="id"
        empty={<EmptyHint title={t('pools:empty')} />}
        toolbar={
          <ListToolbar filtered={state.filtered} onClear={state.clear}>
            <SearchBox value={state.filters.search} onSearch={(text) => state.setFilter('search', text)} />
          </ListToolbar>
        }
      />
      {creating && <PoolForm onClose={() => setCreating(false)} />}
      {dialogs}
    </Page>
  );
}
