/** Moves an image to another Storage Server. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Image } from '@zhiyun/contracts';
import { Form, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { imageFieldOf } from './image-form.ts';
import { StorageServerSelect } from './storage-server-select.tsx';

interface Values {
  storageServer: string;
}

export function MoveImage({ image, onClose }: { image: Image; onClose: () => void }) {
  const { t } = useTranslation(['images', 'errors']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, imageFieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const move = useMutation({
    mutationFn: (body: Values) => api.moveImage({ params: { id: image.id }, body }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: (operation) => {
      operationStarted(client, operation);
      notice.done(t('images:move.submitted', { name: image.name }));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t('images:move.title', { name: image.name })}
      okText={t('images:move.confirm')}
      confirmLoading={move.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={(values) => move.mutate(values)}>
        <ProblemAlert problem={problem.problem} />
        <Typography.Paragraph type="secondary">{t('images:move.detail')}</Typography.Paragraph>
        <Form.Item
          name="storageServer"
          label={t('images:move.to')}
          rules={[{ required: true, message: fieldMessage('is required') }]}
        >
          <StorageServerSelect present={image.storageServer} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
