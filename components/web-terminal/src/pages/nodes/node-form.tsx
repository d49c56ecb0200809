/** Renames a node or moves it to another pool. */

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type Node, type UpdateNode, updateNodeSchema } from '@zhiyun/contracts';
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { FormModal } from '../../components/form/form-modal.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { poolQueries } from '../pools/queries.ts';

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
  const { t } = useTranslation(['nodes', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const { data: pools } = useQuery(poolQueries.all());
  const save = useSubmitForm<Values, Node>({
    fieldOf,
    send: (values) =>
      api.updateNode({ params: { id: node.id }, body: checkBody(updateNodeSchema, changes(node, values)) }),
    onDone() {
      void refetch(client, 'node', 'compute-pool', 'instance');
      notice.done(t('nodes:form.saved'));
      onClose();
    },
  });
  return (
    <FormModal
      of={save}
      title={t('nodes:form.title')}
      submitLabel={t('common:action.save')}
      initialValues={{ name: node.name, computePool: node.computePool?.id ?? '' }}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('common:field.name')}
        rules={[{ required: true, message: fieldMessage('is required') }]}
      >
        <Input maxLength={63} autoComplete="off" spellCheck={false} />
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
    </FormModal>
  );
}
