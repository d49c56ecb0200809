/** Edit and delete a pool, with the reasons where that cannot be. */

import { DeleteOutlined, EditOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import type { ComputePool } from '@zhiyun/contracts';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { refetch } from '../../api/query-parts.ts';
import { useMay } from '../../api/session.ts';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { PoolForm } from './pool-form.tsx';

export function usePoolActions(onDeleted?: () => void) {
  const { t } = useTranslation(['pools', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const may = useMay('compute-pool:write');
  const [editing, setEditing] = useState<ComputePool>();

  async function remove(pool: ComputePool): Promise<void> {
    try {
      await api.deleteComputePool({ params: { id: pool.id } });
      notice.done(t('pools:delete.done', { name: pool.name }));
      onDeleted?.();
      await refetch(client, 'compute-pool');
    } catch (error) {
      notice.failed(error);
    }
  }

  function whyKept({ instanceCount, nodeCount }: ComputePool): string | undefined {
    if (!may) return t('common:reason.role');
    if (instanceCount > 0) return t('pools:delete.hasInstances', { count: instanceCount });
    if (nodeCount > 0) return t('pools:delete.hasNodes', { count: nodeCount });
    return undefined;
  }

  function actionsOf(pool: ComputePool): ActionItem[] {
    return [
      {
        key: 'edit',
        label: t('common:action.edit'),
        icon: <EditOutlined />,
        reason: may ? undefined : t('common:reason.role'),
        run: () => setEditing(pool),
      },
      {
        key: 'delete',
        label: t('common:action.delete'),
        icon: <DeleteOutlined />,
        danger: true,
        reason: whyKept(pool),
        run: () =>
          void modal.confirm({
            title: t('pools:delete.title', { name: pool.name }),
            content: t('pools:delete.detail'),
            okText: t('common:action.delete'),
            okButtonProps: { danger: true },
            onOk: () => remove(pool),
          }),
      },
    ];
  }
  const dialogs = editing && <PoolForm pool={editing} onClose={() => setEditing(undefined)} />;
  return { actionsOf, dialogs };
}
