/** Adds a public key: pasted, or read from a file. A private one is refused here, before anything is sent. */
import { FileTextOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { createSshKeySchema, maxPublicKeyLength, type SshKey } from '@zhiyun/contracts';
import { Button, Form, Input, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { FormModal } from '../../components/form/form-modal.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { keyNameOf, problemOfKey } from './ssh-key-file.ts';

interface Values {
  name: string;
  publicKey: string;
}
const fieldOf = (path: string) => (path === 'name' || path === 'publicKey' ? path : undefined);

export function SshKeyForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['ssh-keys', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  // No draft: what is typed here may be a private key, by mistake.
  const create = useSubmitForm<Values, SshKey>({
    fieldOf,
    send: ({ name, publicKey }) =>
      api.createSshKey({ body: checkBody(createSshKeySchema, { name: name.trim(), publicKey: publicKey.trim() }) }),
    onDone({ name }) {
      void refetch(client, 'ssh-key');
      notice.done(t('ssh-keys:form.created', { name }));
      onClose();
    },
  });
  const { form } = create;

  /** What is wrong with it goes beside the field; a private key is not even kept there. */
  async function read(file: File): Promise<void> {
    const text = file.size > maxPublicKeyLength ? undefined : await file.text();
    const wrong = text === undefined ? t('ssh-keys:form.tooLarge') : problemOfKey(text);
    form.setFields([{ name: 'publicKey', value: wrong ? '' : text?.trim(), errors: wrong ? [wrong] : [] }]);
    if (!wrong && !form.getFieldValue('name')) form.setFieldValue('name', keyNameOf(file.name));
  }

  const required = { required: true, message: fieldMessage('is required') };
  const isKey = {
    async validator(_: unknown, text = '') {
      const wrong = text.trim() && problemOfKey(text);
      if (wrong) throw new Error(wrong);
    },
  };
  return (
    <FormModal
      of={create}
      title={t('ssh-keys:create')}
      submitLabel={t('common:action.create')}
      initialValues={{ name: '', publicKey: '' }}
      onClose={onClose}
    >
      <Form.Item name="name" label={t('common:field.name')} rules={[required]}>
        <Input maxLength={63} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item
        name="publicKey"
        label={t('ssh-keys:form.publicKey')}
        extra={t('ssh-keys:form.hint')}
        rules={[required, isKey]}
        validateTrigger="onBlur"
        style={{ marginBlockEnd: 8 }}
      >
        <Input.TextArea rows={4} autoComplete="off" spellCheck={false} style={{ fontFamily: 'monospace' }} />
      </Form.Item>
      <Upload
        showUploadList={false}
        beforeUpload={(file) => {
          void read(file);
          return false;
        }}
      >
        <Button icon={<FileTextOutlined />}>{t('ssh-keys:form.file')}</Button>
      </Upload>
    </FormModal>
  );
}
