/** Whether a node takes new instances. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Node } from '@zhiyun/contracts';
import { Switch, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { refetch } from '../../api/query-parts.ts';
import { useMay } from '../../api/session.ts';
import { useNotice } from '../../components/use-notice.tsx';

export function SchedulableSwitch({ node }: { node: Node }) {
  const { t } = useTranslation(['nodes', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const may = useMay('node:write');
  const change = useMutation({
    mutationFn: (schedulable: boolean) => api.updateNode({ params: { id: node.id }, body: { schedulable } }),
    onSuccess: async ({ schedulable, name }) => {
      notice.done(t(schedulable ? 'nodes:schedulable.resumed' : 'nodes:schedulable.paused', { name }));
      await refetch(client, 'node');
    },
    onError: notice.failed,
  });
  return (
    <Tooltip title={may ? t('nodes:schedulable.hint') : t('common:reason.role')}>
      <Switch
        size="small"
        checked={node.schedulable}
        disabled={!may}
        loading={change.isPending}
        aria-label={t('nodes:schedulable.switch', { name: node.name })}
        onChange={(on) => change.mutate(on)}
      />
    </Tooltip>
  );
}
