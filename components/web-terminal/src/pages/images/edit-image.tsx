import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Image, updateImageSchema } from '@zhiyun/contracts';
import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { imageFieldOf } from './image-form.ts';

interface Values {
  name: string;
  description: string;
}

export function EditImage({ image, onClose }: { image: Image; onClose: () => void }) {
  const { t } = useTranslation(['images', 'common', 'errors']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, imageFieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const save = useMutation({
    mutationFn: async ({ name, description }: Values) =>
      api.updateImage({
        params: { id: image.id },
        body: checkBody(updateImageSchema, { name: name.trim(), description }),
      }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['images'] });
      notice.done(t('images:edit.saved'));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t('images:edit.title')}
      okText={t('common:action.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: image.name, description: image.description }}
        onFinish={(values) => save.mutate(values)}
      >
        <ProblemAlert problem={problem.problem} />
        <Form.Item
          name="name"
          label={t('images:form.name')}
          rules={[{ required: true, message: fieldMessage('is required') }]}
        >
          <Input maxLength={63} autoComplete="off" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="description" label={t('images:form.description') + t('common:field.optional')}>
          <Input.TextArea maxLength={500} rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
