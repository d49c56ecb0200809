/** Start, stop or delete all selected instances at once. Those that cannot are left out, and the reason is said. */
import { useQueryClient } from '@tanstack/react-query';
import { type Instance, instanceCan } from '@zhiyun/contracts';
import { App, Button, Flex, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { ConfirmByName } from '../../components/actions/confirm-by-name.tsx';
import { useNotice } from '../../components/use-notice.tsx';

const bulkActions = ['start', 'stop', 'delete'] as const;
type BulkAction = (typeof bulkActions)[number];

const sendBatch = { start: api.startInstances, stop: api.stopInstances, delete: api.deleteInstances } as const;

interface BulkActionsProps {
  selected: readonly Instance[];
  /** How many of them are on other pages. */
  elsewhere: number;
  onDone: () => void;
}

export function BulkActions({ selected, elsewhere, onDone }: BulkActionsProps) {
  const { t } = useTranslation(['instances', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const may = useMay('instance:write');
  const [deleting, setDeleting] = useState<readonly Instance[]>();
  const able = (action: BulkAction) => selected.filter(({ state }) => instanceCan(action, state));

  async function send(action: BulkAction, instances: readonly Instance[]): Promise<void> {
    const body = { instances: instances.map(({ id }) => id) };
    try {
      operationStarted(client, await sendBatch[action]({ body, idempotencyKey: crypto.randomUUID() }));
      onDone();
    } catch (error) {
      // Nothing was begun: the selection stays for another try.
      notice.failed(error);
    }
  }

  function run(action: BulkAction): void {
    const instances = able(action);
    if (action === 'delete') setDeleting(instances);
    else if (action === 'start') void send(action, instances);
    else confirmStop(instances);
  }

  function confirmStop(instances: readonly Instance[]): void {
    modal.confirm({
      title: t('instances:bulk.stopTitle', { count: instances.length }),
      content: t('instances:bulk.stopDetail'),
      okText: t('instances:action.stop'),
      onOk: () => send('stop', instances),
    });
  }

  if (selected.length === 0) return null;
  return (
    <Flex gap="small" align="center" wrap role="toolbar" aria-label={t('instances:bulk.label')}>
      <Typography.Text>
        {t('common:list.selected', { count: selected.length })}
        {elsewhere > 0 && t('common:list.elsewhere', { count: elsewhere })}
      </Typography.Text>
      {bulkActions.map((action) => (
        <ActionButton
          key={action}
          action={{
            key: action,
            label: t(`instances:action.${action}`),
            danger: action === 'delete',
            reason: !may ? t('common:reason.role') : able(action).length === 0 ? t('instances:bulk.none') : undefined,
            run: () => run(action),
          }}
        />
      ))}
      <Button type="link" onClick={onDone}>
        {t('common:list.unselect')}
      </Button>
      {deleting && (
        <ConfirmByName
          title={t('instances:bulk.deleteTitle', { count: deleting.length })}
          warning={
            <>
              {t('instances:bulk.deleteDetail')}
              <div style={{ maxHeight: 160, overflowY: 'auto' }}>
                {deleting.map(({ id, name }) => (
                  <div key={id}>{name}</div>
                ))}
              </div>
            </>
          }
          name={t('instances:bulk.deleteWord')}
          prompt={t('instances:bulk.deleteType', { word: t('instances:bulk.deleteWord') })}
          confirmLabel={t('instances:action.delete')}
          onClose={() => setDeleting(undefined)}
          onConfirm={async () => {
            await send('delete', deleting);
            setDeleting(undefined);
          }}
        />
      )}
    </Flex>
  );
}
