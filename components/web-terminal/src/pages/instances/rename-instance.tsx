import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Instance, updateInstanceSchema } from '@zhiyun/contracts';
import { Form, Input, type InputRef, Modal } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';

interface Values {
  name: string;
}
const fieldOf = (path: string) => (path === 'name' ? path : undefined);

export default function RenameInstance({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const { t } = useTranslation(['instances', 'common']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, fieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const input = useRef<InputRef>(null);
  const rename = useMutation({
    mutationFn: async ({ name }: Values) =>
      api.updateInstance({ params: { id: instance.id }, body: checkBody(updateInstanceSchema, { name: name.trim() }) }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: ['instances'] });
      notice.done(t('instances:confirm.renamed', { name }));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t('instances:confirm.renameTitle')}
      okText={t('common:action.save')}
      confirmLoading={rename.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
      afterOpenChange={(open) => open && input.current?.focus({ cursor: 'all' })}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ name: instance.name }}
        onFinish={(values) => rename.mutate(values)}
      >
        <ProblemAlert problem={problem.problem} />
        <Form.Item
          name="name"
          label={t('common:field.name')}
          rules={[{ required: true, message: t('common:field.name') }]}
        >
          <Input ref={input} maxLength={63} autoComplete="off" spellCheck={false} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
