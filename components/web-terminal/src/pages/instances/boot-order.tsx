import { useMutation, useQueryClient } from '@tanstack/react-query';
import { bootDevices, type Instance, type InstanceBoot } from '@zhiyun/contracts';
import { Checkbox, Form, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { refetch } from '../../api/query-parts.ts';
import { useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';

const fieldOf = (path: string) => (path === 'boot.first' ? 'first' : path === 'boot.menu' ? 'menu' : undefined);

export default function BootOrder({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const { t } = useTranslation(['instances', 'common']);
  const [form] = Form.useForm<InstanceBoot>();
  const problem = useFormProblem(form, fieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const change = useMutation({
    mutationFn: (boot: InstanceBoot) => api.updateInstance({ params: { id: instance.id }, body: { boot } }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: () => {
      void refetch(client, 'instance');
      notice.done(t('instances:boot.saved'));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t('instances:action.bootOrder')}
      okText={t('common:action.save')}
      confirmLoading={change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={instance.boot} onFinish={(values) => change.mutate(values)}>
        <ProblemAlert problem={problem.problem} />
        <Form.Item name="first" label={t('instances:boot.label')}>
          <Radio.Group options={bootDevices.map((value) => ({ value, label: t(`instances:boot.${value}`) }))} />
        </Form.Item>
        <Form.Item name="menu" valuePropName="checked" extra={t('instances:boot.hint')}>
          <Checkbox>{t('instances:boot.menu')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
