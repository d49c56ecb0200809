/** The public keys of who is signed in. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { kindNamed, type SshKey } from '@zhiyun/contracts';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { refetch } from '../../api/query-parts.ts';
import { useMay } from '../../api/session.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { kindColumns } from '../../components/list/kind-columns.tsx';
import { useListState } from '../../components/list/list-state.ts';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { Page } from '../../components/page.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { sshKeyQueries } from './queries.ts';
import { SshKeyForm } from './ssh-key-form.tsx';

export function Component() {
  const { t } = useTranslation(['ssh-keys', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const state = useListState([]);
  const query = useQuery(sshKeyQueries.list({ cursor: state.cursor, limit: state.limit }));
  const reason = useMay('ssh-key:write') ? undefined : t('common:reason.role');
  const [creating, setCreating] = useState(false);

  async function remove({ id, name }: SshKey): Promise<void> {
    try {
      await api.deleteSshKey({ params: { id } });
      notice.done(t('ssh-keys:delete.done', { name }));
      await refetch(client, 'ssh-key');
    } catch (error) {
      notice.failed(error);
    }
  }

  const create: ActionItem = {
    key: 'create',
    label: t('ssh-keys:create'),
    icon: <PlusOutlined />,
    reason,
    run: () => setCreating(true),
  };
  const deletionOf = (key: SshKey): ActionItem => ({
    key: 'delete',
    label: `${t('common:action.delete')} ${key.name}`,
    icon: <DeleteOutlined />,
    danger: true,
    reason,
    run: () =>
      void modal.confirm({
        title: t('ssh-keys:delete.title', { name: key.name }),
        content: t('ssh-keys:delete.detail'),
        okText: t('common:action.delete'),
        okButtonProps: { danger: true },
        onOk: () => remove(key),
      }),
  });

  return (
    <Page title={t('ssh-keys:title')} actions={<ActionButton type="primary" action={create} />}>
      <ResourceTable<SshKey, never>
        name="ssh-keys"
        label={t('ssh-keys:title')}
        query={query}
        state={state}
        columns={[
          ...kindColumns<SshKey>(kindNamed('ssh-key')),
          {
            key: 'actions',
            always: true,
            title: t('ssh-keys:actions'),
            width: 80,
            fixed: 'end',
            render: (_, key) => <ActionButton type="text" iconOnly action={deletionOf(key)} />,
          },
        ]}
        rowKey="id"
        empty={
          <EmptyHint title={t('ssh-keys:empty')} hint={t('ssh-keys:emptyHint')}>
            <ActionButton type="primary" action={create} />
          </EmptyHint>
        }
      />
      {creating && <SshKeyForm onClose={() => setCreating(false)} />}
    </Page>
  );
}
