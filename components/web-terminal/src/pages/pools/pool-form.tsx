/** Creates a pool, or changes one. */

import { useQueryClient } from '@tanstack/react-query';
import { type ComputePool, createComputePoolSchema, updateComputePoolSchema } from '@zhiyun/contracts';
import { Form, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { within } from '../../components/form/bounds.ts';
import { FormDrawer } from '../../components/form/form-drawer.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';

interface Values {
  name: string;
  description: string;
  cpuOvercommit: number;
  diskOvercommit: number;
}
const defaults: Values = { name: '', description: '', cpuOvercommit: 8, diskOvercommit: 4 };
const ratios = within({ min: 1, max: 64 });
const fieldOf = (path: string) => (path in defaults ? path : undefined);

export function PoolForm({ pool, onClose }: { pool?: ComputePool | undefined; onClose: () => void }) {
  const { t } = useTranslation(['pools', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const save = useSubmitForm<Values, ComputePool>({
    fieldOf,
    draft: pool ? undefined : 'pool',
    send(values) {
      const body = { ...values, name: values.name.trim() };
      return pool
        ? api.updateComputePool({ params: { id: pool.id }, body: checkBody(updateComputePoolSchema, body) })
        : api.createComputePool({ body: checkBody(createComputePoolSchema, body) });
    },
    onDone({ name }) {
      void refetch(client, 'compute-pool');
      notice.done(pool ? t('pools:form.saved') : t('pools:form.created', { name }));
      onClose();
    },
  });
  const required = { required: true, message: fieldMessage('is required') };
  return (
    <FormDrawer
      of={save}
      title={t(pool ? 'pools:form.editTitle' : 'pools:form.createTitle')}
      submitLabel={t(pool ? 'common:action.save' : 'common:action.create')}
      initialValues={pool ?? defaults}
      onClose={onClose}
    >
      <Form.Item name="name" label={t('common:field.name')} rules={[required]}>
        <Input maxLength={63} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="description" label={`${t('common:field.description')}${t('common:field.optional')}`}>
        <Input.TextArea maxLength={500} rows={3} showCount />
      </Form.Item>
      <Form.Item
        name="cpuOvercommit"
        label={t('pools:cpuOvercommit')}
        extra={t('pools:form.cpuHint')}
        rules={[required, ratios]}
      >
        <InputNumber step={0.5} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item
        name="diskOvercommit"
        label={t('pools:diskOvercommit')}
        extra={t('pools:form.diskHint')}
        rules={[required, ratios]}
      >
        <InputNumber step={0.5} style={{ width: '100%' }} />
      </Form.Item>
    </FormDrawer>
  );
}
