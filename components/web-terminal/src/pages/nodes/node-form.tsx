/** Renames a node or moves it to another pool. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Node, type UpdateNode, updateNodeSchema } from '@zhiyun/contracts';
import { Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { poolQueries } from '../../api/queries.ts';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';

interface Values {
  name: string;
  /** Empty: no pool. */
  computePool: string;
}
const fieldOf = (path: string) => (path === 'name' || path === 'computePool' ? path : undefined);

/** Only what was changed is sent. */
function changes(node: Node, { name, computePool }: Values): UpdateNode {
  const body: UpdateNode = {};
  if (name.trim() !== node.name) body.name = name.trim();
  if (computePool !== (node.computePool?.id ?? '')) body.computePool = computePool || null;
  return body;
}

export function NodeForm({ node, onClose }: { node: Node; onClose: () => void }) {
  const { t } = useTranslation(['nodes', 'common', 'errors']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, fieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const { data: pools } = useQuery(poolQueries.all());
  const save = useMutation({
    mutationFn: async (values: Values) =>
      api.updateNode({ params: { id: node.id }, body: checkBody(updateNodeSchema, changes(node, values)) }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: () => {
      for (const key of ['nodes', 'pools', 'instances']) void client.invalidateQueries({ queryKey: [key] });
      notice.done(t('nodes:form.saved'));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t('nodes:form.title')}
      okText={t('common:action.save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: node.name, computePool: node.computePool?.id ?? '' }}
        onFinish={(values) => save.mutate(values)}
      >
        <ProblemAlert problem={problem.problem} />
        <Form.Item
          name="name"
          label={t('common:field.name')}
          rules={[{ required: true, message: fieldMessage('is required') }]}
        >
          <Input maxLength={63} autoComplete="off" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="computePool" label={t('nodes:form.pool')} extra={t('nodes:form.poolHint')}>
          <Select
            loading={!pools}
            options={[
              { value: '', label: t('nodes:noPool') },
              ...(pools?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
