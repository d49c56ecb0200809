/** Creates a pool, or changes one. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ComputePool, createComputePoolSchema, updateComputePoolSchema } from '@zhiyun/contracts';
import { Button, Drawer, Flex, Form, Grid, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';

interface Values {
  name: string;
  description: string;
  cpuOvercommit: number;
  diskOvercommit: number;
}
const defaults: Values = { name: '', description: '', cpuOvercommit: 8, diskOvercommit: 4 };
const fieldOf = (path: string) => (path in defaults ? path : undefined);

export function PoolForm({ pool, onClose }: { pool?: ComputePool | undefined; onClose: () => void }) {
  const { t } = useTranslation(['pools', 'common', 'errors']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, fieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const narrow = !(Grid.useBreakpoint().sm ?? true);
  const save = useMutation({
    mutationFn: async (values: Values) => {
      const body = { ...values, name: values.name.trim() };
      return pool
        ? api.updateComputePool({ params: { id: pool.id }, body: checkBody(updateComputePoolSchema, body) })
        : api.createComputePool({ body: checkBody(createComputePoolSchema, body) });
    },
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: ['pools'] });
      notice.done(pool ? t('pools:form.saved') : t('pools:form.created', { name }));
      onClose();
    },
  });
  const required = [{ required: true, message: fieldMessage('is required') }];
  return (
    <Drawer
      open
      size={narrow ? '100%' : 480}
      title={t(pool ? 'pools:form.editTitle' : 'pools:form.createTitle')}
      onClose={onClose}
      footer={
        <Flex justify="end" gap="small">
          <Button onClick={onClose}>{t('common:action.cancel')}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t(pool ? 'common:action.save' : 'common:action.create')}
          </Button>
        </Flex>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={pool ?? defaults}
        onFinish={(values) => save.mutate(values)}
        scrollToFirstError
      >
        <ProblemAlert problem={problem.problem} />
        <Form.Item name="name" label={t('common:field.name')} rules={required}>
          <Input maxLength={63} autoComplete="off" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="description" label={`${t('common:field.description')}${t('common:field.optional')}`}>
          <Input.TextArea maxLength={500} rows={3} showCount />
        </Form.Item>
        <Form.Item
          name="cpuOvercommit"
          label={t('pools:cpuOvercommit')}
          extra={t('pools:form.cpuHint')}
          rules={required}
        >
          <InputNumber min={1} max={64} step={0.5} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="diskOvercommit"
          label={t('pools:diskOvercommit')}
          extra={t('pools:form.diskHint')}
          rules={required}
        >
          <InputNumber min={1} max={64} step={0.5} style={{ width: '100%' }} />
        </Form.Item>
      </Form>
    </Drawer>
  );
}
