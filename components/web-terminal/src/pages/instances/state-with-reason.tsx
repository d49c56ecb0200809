/** The state of an instance, why it is stopped unless somebody ordered that, and what keeps it from working. */
import type { Instance } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { InstanceStateBadge } from '../../components/state-badge.tsx';

export function StateWithReason({ instance: { state, stopReason, condition } }: { instance: Instance }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const told = state === 'stopped' && stopReason !== null && stopReason !== 'requested';
  return (
    <Flex vertical>
      <InstanceStateBadge state={state} />
      {told && (
        <Typography.Text
          type={stopReason === 'crashed' || stopReason === 'launch-failed' ? 'danger' : 'secondary'}
          style={{ fontSize: token.fontSizeSM }}
        >
          {t(`stopReason.${stopReason}`)}
        </Typography.Text>
      )}
      {condition && (
        <Typography.Text type="danger" style={{ fontSize: token.fontSizeSM }}>
          {t(`condition.${condition.kind}`)}
        </Typography.Text>
      )}
    </Flex>
  );
}
