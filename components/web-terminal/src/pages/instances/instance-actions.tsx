/** What can be done with an instance, each with the reason when it cannot. The one place that asks `instanceCan`. */

import {
  CaretRightOutlined,
  DeleteOutlined,
  EditOutlined,
  OrderedListOutlined,
  PoweroffOutlined,
  ReloadOutlined,
  StopOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { type Instance, type InstanceAction, instanceCan, type Operation } from '@zhiyun/contracts';
import { App, Checkbox, Flex } from 'antd';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { preferences } from '../../app/preferences.ts';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { ConfirmByName } from '../../components/actions/confirm-by-name.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { term } from '../../util/term.ts';

const RenameInstance = lazyChunk(() => import('./rename-instance.tsx'));
const BootOrder = lazyChunk(() => import('./boot-order.tsx'));

export type PowerAction = 'start' | 'stop' | 'kill' | 'reboot' | 'reset' | 'delete';
type Request = { params: { id: string } };

export const sendAction: Record<PowerAction, (request: Request) => Promise<Operation>> = {
  start: (request) => api.startInstance(request),
  stop: (request) => api.stopInstance(request),
  kill: (request) => api.killInstance(request),
  reboot: (request) => api.rebootInstance(request),
  reset: (request) => api.resetInstance(request),
  delete: (request) => api.deleteInstance(request),
};

/** Beside the power actions. */
type MoreActions = 'rename' | 'bootOrder' | 'startFromCd';

const icons: Record<PowerAction | MoreActions, ReactNode> = {
  start: <CaretRightOutlined />,
  stop: <PoweroffOutlined />,
  kill: <StopOutlined />,
  reboot: <ReloadOutlined />,
  reset: <ThunderboltOutlined />,
  startFromCd: <CaretRightOutlined />,
  bootOrder: <OrderedListOutlined />,
  rename: <EditOutlined />,
  delete: <DeleteOutlined />,
};

/** Possible whenever that other action is. */
const allowedLike: Partial<Record<PowerAction | MoreActions, InstanceAction>> = {
  startFromCd: 'start',
  bootOrder: 'rename',
};

export function useInstanceActions(onDeleted?: () => void) {
  const { t } = useTranslation(['instances', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const may = useMay('instance:write');
  const [deleting, setDeleting] = useState<Instance>();
  const [renaming, setRenaming] = useState<Instance>();
  const [ordering, setOrdering] = useState<Instance>();
  /** Sent and not yet answered: `ACTION ID`. */
  const [sending, setSending] = useState<ReadonlySet<string>>(new Set());

  async function send(
    action: PowerAction | 'startFromCd',
    instance: Instance,
    request = sendAction[action === 'startFromCd' ? 'start' : action],
  ): Promise<boolean> {
    const sent = `${action} ${instance.id}`;
    setSending((before) => new Set([...before, sent]));
    try {
      operationStarted(client, await request({ params: { id: instance.id } }));
      notice.done(t('instances:submitted', { action: t(`instances:action.${action}`), name: instance.name }));
      return true;
    } catch (error) {
      notice.failed(error);
      return false;
    } finally {
      setSending((before) => new Set([...before].filter((each) => each !== sent)));
    }
  }

  /** Asks first: each loses what the guest has not written. */
  function confirm(action: 'kill' | 'reset', instance: Instance): void {
    modal.confirm({
      title: t(`instances:confirm.${action}Title`, { name: instance.name }),
      content: t(`instances:confirm.${action}`),
      okText: t(`instances:action.${action}`),
      okButtonProps: { danger: true },
      onOk: async () => void (await send(action, instance)),
    });
  }

  /** Asks first, unless this browser's user wants that no more: who works in the guest notices. */
  function confirmGently(action: 'stop' | 'reboot', instance: Instance): void {
    if (!preferences.get().askBeforeStop) {
      void send(action, instance);
      return;
    }
    let again = true;
    modal.confirm({
      title: t(`instances:confirm.${action}Title`, { name: instance.name }),
      content: (
        <Flex vertical gap="small">
          {t('instances:confirm.stop')}
          <Checkbox
            onChange={({ target }) => {
              again = !target.checked;
            }}
          >
            {t('instances:confirm.notAgain')}
          </Checkbox>
        </Flex>
      ),
      okText: t(`instances:action.${action}`),
      onOk: async () => {
        if (!again) preferences.set({ askBeforeStop: false });
        await send(action, instance);
      },
    });
  }

  function reasonOf(action: InstanceAction, instance: Instance): string | undefined {
    if (!may) return t('common:reason.role');
    if (instanceCan(action, instance.state)) return undefined;
    return t('common:reason.state', { state: term('instance.state', instance.state) });
  }

  /** Once, whatever the boot order says. */
  const startFromCd = (instance: Instance) =>
    send('startFromCd', instance, (request) => api.startInstance({ ...request, body: { bootOnce: 'cd' } }));

  function actionsOf(instance: Instance): Record<PowerAction | MoreActions, ActionItem> {
    const item = (action: PowerAction | MoreActions, run: () => void, danger = false): ActionItem => ({
      key: action,
      label: t(`instances:action.${action}`),
      icon: icons[action],
      danger,
      loading: sending.has(`${action} ${instance.id}`),
      reason: reasonOf(allowedLike[action] ?? (action as InstanceAction), instance),
      run,
    });
    return {
      start: item('start', () => void send('start', instance)),
      stop: item('stop', () => confirmGently('stop', instance)),
      reboot: item('reboot', () => confirmGently('reboot', instance)),
      kill: item('kill', () => confirm('kill', instance), true),
      reset: item('reset', () => confirm('reset', instance), true),
      startFromCd: {
        ...item('startFromCd', () => void startFromCd(instance)),
        ...(instance.iso === null && { reason: t('instances:boot.noIso') }),
      },
      bootOrder: item('bootOrder', () => setOrdering(instance)),
      rename: item('rename', () => setRenaming(instance)),
      delete: item('delete', () => setDeleting(instance), true),
    };
  }

  const dialogs = (
    <>
      {deleting && (
        <ConfirmByName
          title={t('instances:confirm.deleteTitle', { name: deleting.name })}
          warning={
            <>
              {t('instances:confirm.delete')}
              {deleting.state === 'running' && <div>{t('instances:confirm.deleteRunning')}</div>}
            </>
          }
          name={deleting.name}
          confirmLabel={t('instances:action.delete')}
          onClose={() => setDeleting(undefined)}
          onConfirm={async () => {
            const sent = await send('delete', deleting);
            setDeleting(undefined);
            if (sent) onDeleted?.();
          }}
        />
      )}
      {ordering && (
        <Suspense>
          <BootOrder instance={ordering} onClose={() => setOrdering(undefined)} />
        </Suspense>
      )}
      {renaming && (
        <Suspense>
          <RenameInstance instance={renaming} onClose={() => setRenaming(undefined)} />
        </Suspense>
      )}
    </>
  );
  return { actionsOf, dialogs };
}
