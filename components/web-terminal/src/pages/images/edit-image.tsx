import { useQueryClient } from '@tanstack/react-query';
import { type Image, updateImageSchema } from '@zhiyun/contracts';
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { FormModal } from '../../components/form/form-modal.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { imageFieldOf } from './image-form.ts';

interface Values {
  name: string;
  description: string;
}

export function EditImage({ image, onClose }: { image: Image; onClose: () => void }) {
  const { t } = useTranslation(['images', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const save = useSubmitForm<Values, Image>({
    fieldOf: imageFieldOf,
    send: ({ name, description }) =>
      api.updateImage({
        params: { id: image.id },
        body: checkBody(updateImageSchema, { name: name.trim(), description }),
      }),
    onDone() {
      void refetch(client, 'image');
      notice.done(t('images:edit.saved'));
      onClose();
    },
  });
  return (
    <FormModal
      of={save}
      title={t('images:edit.title')}
      submitLabel={t('common:action.save')}
      initialValues={{ name: image.name, description: image.description }}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('images:form.name')}
        rules={[{ required: true, message: fieldMessage('is required') }]}
      >
        <Input maxLength={63} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="description" label={t('images:form.description') + t('common:field.optional')}>
        <Input.TextArea maxLength={500} rows={3} />
      </Form.Item>
    </FormModal>
  );
}
