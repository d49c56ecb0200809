import { useQueryClient } from '@tanstack/react-query';
import { type Instance, updateInstanceSchema } from '@zhiyun/contracts';
import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { FormModal } from '../../components/form/form-modal.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';

interface Values {
  name: string;
}
const fieldOf = (path: string) => (path === 'name' ? path : undefined);

export default function RenameInstance({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const { t } = useTranslation(['instances', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const rename = useSubmitForm<Values, Instance>({
    fieldOf,
    send: ({ name }) =>
      api.updateInstance({ params: { id: instance.id }, body: checkBody(updateInstanceSchema, { name: name.trim() }) }),
    onDone({ name }) {
      void refetch(client, 'instance');
      notice.done(t('instances:confirm.renamed', { name }));
      onClose();
    },
  });
  return (
    <FormModal
      of={rename}
      title={t('instances:confirm.renameTitle')}
      submitLabel={t('common:action.save')}
      initialValues={{ name: instance.name }}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t('common:field.name')}
        rules={[{ required: true, message: fieldMessage('is required') }]}
      >
        <Input maxLength={63} autoComplete="off" spellCheck={false} />
      </Form.Item>
    </FormModal>
  );
}
