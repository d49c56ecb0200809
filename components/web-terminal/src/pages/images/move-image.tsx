/** Moves an image to another Storage Server. */
import { useQueryClient } from '@tanstack/react-query';
import type { Image, Operation } from '@zhiyun/contracts';
import { Form, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { FormModal } from '../../components/form/form-modal.tsx';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { imageFieldOf } from './image-form.ts';
import { StorageServerSelect } from './storage-server-select.tsx';

interface Values {
  storageServer: string;
}

export function MoveImage({ image, onClose }: { image: Image; onClose: () => void }) {
  const { t } = useTranslation(['images']);
  const client = useQueryClient();
  const notice = useNotice();
  const move = useSubmitForm<Values, Operation>({
    fieldOf: imageFieldOf,
    send: (body) => api.moveImage({ params: { id: image.id }, body }),
    onDone(operation) {
      operationStarted(client, operation);
      notice.done(t('images:move.submitted', { name: image.name }));
      onClose();
    },
  });
  return (
    <FormModal
      of={move}
      title={t('images:move.title', { name: image.name })}
      submitLabel={t('images:move.confirm')}
      onClose={onClose}
    >
      <Typography.Paragraph type="secondary">{t('images:move.detail')}</Typography.Paragraph>
      <Form.Item
        name="storageServer"
        label={t('images:move.to')}
        rules={[{ required: true, message: fieldMessage('is required') }]}
      >
        <StorageServerSelect present={image.storageServer} />
      </Form.Item>
    </FormModal>
  );
}
