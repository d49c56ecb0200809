/** What can be done with an image, with the reason where it cannot. */

import { DeleteOutlined, DesktopOutlined, EditOutlined, SwapOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import type { Image } from '@zhiyun/contracts';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { paths } from '../../app/paths.ts';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { term } from '../../util/term.ts';
import { EditImage } from './edit-image.tsx';
import { MoveImage } from './move-image.tsx';
import { useStorageServers } from './storage-server-select.tsx';
import { uploads } from './uploads.ts';

export function useImageActions() {
  const { t } = useTranslation(['images', 'common']);
  const { modal } = App.useApp();
  const client = useQueryClient();
  const notice = useNotice();
  const navigate = useNavigate();
  const mayWrite = useMay('image:write');
  const mayCreate = useMay('instance:write');
  const [editing, setEditing] = useState<Image>();
  const [moving, setMoving] = useState<Image>();
  const { data: storageServers } = useStorageServers();
  const denied = t('common:reason.role');

  async function remove(image: Image): Promise<void> {
    uploads.forget(image.id);
    try {
      operationStarted(client, await api.deleteImage({ params: { id: image.id } }));
    } catch (error) {
      notice.failed(error);
    }
  }

  function whyKept({ state, instanceCount }: Image): string | undefined {
    if (!mayWrite) return denied;
    if (state === 'checking') return t('images:delete.checking');
    if (state === 'deleting') return t('images:delete.deleting');
    return instanceCount > 0 ? t('images:delete.inUse', { count: instanceCount }) : undefined;
  }

  const notReady = ({ state }: Image) => t('common:reason.state', { state: term('image.state', state) });

  function whyUnmoved(image: Image): string | undefined {
    if (!mayWrite) return denied;
    if (image.state !== 'ready') return notReady(image);
    if (image.operation !== null) return t('images:move.busy');
    const others = storageServers?.items.filter(({ id, state }) => id !== image.storageServer?.id && state !== 'gone');
    return others?.length === 0 ? t('images:move.noOther') : undefined;
  }

  function actionsOf(image: Image): ActionItem[] {
    return [
      {
        key: 'use',
        label: t('images:useIt'),
        icon: <DesktopOutlined />,
        reason: !mayCreate ? denied : image.state === 'ready' ? undefined : notReady(image),
        run: () => void navigate(paths.instanceCreate(image.id)),
      },
      {
        key: 'edit',
        label: t('common:action.edit'),
        icon: <EditOutlined />,
        reason: mayWrite ? undefined : denied,
        run: () => setEditing(image),
      },
      {
        key: 'move',
        label: t('images:move.action'),
        icon: <SwapOutlined />,
        reason: whyUnmoved(image),
        run: () => setMoving(image),
      },
      {
        key: 'delete',
        label: t('common:action.delete'),
        icon: <DeleteOutlined />,
        danger: true,
        reason: whyKept(image),
        run: () =>
          void modal.confirm({
            title: t('images:delete.title', { name: image.name }),
            content: t(image.state === 'uploading' ? 'images:delete.detailUploading' : 'images:delete.detail'),
            okText: t('common:action.delete'),
            okButtonProps: { danger: true },
            onOk: () => remove(image),
          }),
      },
    ];
  }
  const dialogs = (
    <>
      {editing && <EditImage image={editing} onClose={() => setEditing(undefined)} />}
      {moving && <MoveImage image={moving} onClose={() => setMoving(undefined)} />}
    </>
  );
  return { actionsOf, dialogs };
}
