import { Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormModal } from '../../components/form/form-modal.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { PasswordFields, usePasswordForm } from './password-form.tsx';

export default function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['session', 'common']);
  const notice = useNotice();
  const form = usePasswordForm(() => {
    notice.done(t('session:change.done'));
    onClose();
  });
  return (
    <FormModal
      of={form}
      title={t('session:change.title')}
      submitLabel={t('common:action.save')}
      onClose={onClose}
      note={<Typography.Paragraph type="secondary">{t('session:change.detail')}</Typography.Paragraph>}
    >
      <PasswordFields />
    </FormModal>
  );
}
