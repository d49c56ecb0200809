import { Form, Modal, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNotice } from '../../components/use-notice.tsx';
import { PasswordForm, type PasswordValues } from './password-form.tsx';

export default function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('session');
  const { t: common } = useTranslation();
  const notice = useNotice();
  const [form] = Form.useForm<PasswordValues>();
  const [working, setWorking] = useState(false);
  return (
    <Modal
      open
      title={t('change.title')}
      okText={common('action.save')}
      confirmLoading={working}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Typography.Paragraph type="secondary">{t('change.detail')}</Typography.Paragraph>
      <PasswordForm
        form={form}
        onWorking={setWorking}
        onDone={() => {
          notice.done(t('change.done'));
          onClose();
        }}
      />
    </Modal>
  );
}
