/** Takes a component out of the domain: what will happen, and why it cannot be where it cannot. */
import { DeleteOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type Component, lostAfterSeconds } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import { Alert, Checkbox, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { operationStarted } from '../../../api/started-operations.ts';
import { ActionButton } from '../../../components/actions/action-button.tsx';
import { ConfirmByName } from '../../../components/actions/confirm-by-name.tsx';
import { useNotice } from '../../../components/use-notice.tsx';
import { useNow } from '../../../util/use-now.ts';
import { nodeQueries } from '../../nodes/queries.ts';
import { systemQueries } from '../../overview/queries.ts';

/** The domain cannot go on without one of each. */
const indispensable: readonly ComponentType[] = ['control-server', 'data-server', 'http-gateway'];

function useInstanceCount({ id, type }: Component): number {
  const { data: node } = useQuery({ ...nodeQueries.detail(id), enabled: type === 'node-client' });
  return node?.instanceCount ?? 0;
}

function useReason(component: Component, busy: boolean, instances: number): string | undefined {
  const { t } = useTranslation(['domain', 'common']);
  const may = useMay('component:write');
  const { data: system } = useQuery(systemQueries.summary());
  const { type, state, since } = component;
  const goneForMs = useNow() - Date.parse(since);
  const online = system?.components.find((each) => each.type === type)?.counts.online;
  if (!may) return t('common:reason.role');
  if (busy) return t('domain:remove.busy');
  if (state !== 'gone' && indispensable.includes(type) && online !== undefined && online <= 1) {
    return t('domain:remove.last', { type: t(`common:componentType.${type}`) });
  }
  if (state === 'gone') {
    const tooSoon = goneForMs < lostAfterSeconds * 1_000;
    return tooSoon ? t('domain:remove.tooSoon', { seconds: lostAfterSeconds }) : undefined;
  }
  if (instances > 0) return t('domain:remove.hasInstances', { count: instances });
  return undefined;
}

interface RemoveDialogProps {
  component: Component;
  instances: number;
  onClose: () => void;
}

function RemoveDialog({ component, instances, onClose }: RemoveDialogProps) {
  const { t } = useTranslation(['domain', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const [lost, setLost] = useState(false);
  const { id, type, state } = component;
  const name = component.name || id;
  const gone = state === 'gone';

  async function remove(): Promise<void> {
    try {
      operationStarted(client, await api.removeComponent({ params: { id }, body: { lost: gone && lost } }));
      notice.done(t('domain:remove.submitted', { name }));
      onClose();
    } catch (error) {
      notice.failed(error);
    }
  }

  return (
    <ConfirmByName
      title={t('domain:remove.title', { type: t(`common:componentType.${type}`), name })}
      warning={t('domain:remove.warning')}
      name={name}
      confirmLabel={t('domain:remove.confirm')}
      disabled={gone && !lost}
      onConfirm={remove}
      onClose={onClose}
    >
      {gone ? (
        <>
          <Typography.Text>{t('domain:remove.goneHint')}</Typography.Text>
          {instances > 0 && (
            <Alert type="error" showIcon title={t('domain:remove.losesInstances', { count: instances })} />
          )}
          <Checkbox checked={lost} onChange={({ target }) => setLost(target.checked)}>
            {t('domain:remove.lost')}
          </Checkbox>
        </>
      ) : (
        <Typography.Text>{t(`domain:remove.drain.${type}`)}</Typography.Text>
      )}
    </ConfirmByName>
  );
}

export function RemoveButton({ component, busy }: { component: Component; busy: boolean }) {
  const { t } = useTranslation('domain');
  const [open, setOpen] = useState(false);
  const instances = useInstanceCount(component);
  const reason = useReason(component, busy, instances);
  return (
    <>
      <ActionButton
        action={{
          key: 'remove',
          label: t('remove.action'),
          icon: <DeleteOutlined />,
          danger: true,
          reason,
          run: () => setOpen(true),
        }}
      />
      {open && <RemoveDialog component={component} instances={instances} onClose={() => setOpen(false)} />}
    </>
  );
}
