/** The state of an instance, why it is stopped unless somebody ordered that, and what keeps it from working. */

import type { Instance } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { InstanceStateBadge } from '../../components/state-badge.tsx';
import { term } from '../../util/term.ts';

export function StateWithReason({ instance: { state, stopReason, condition } }: { instance: Instance }) {
  useTranslation();
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
          {term('instance.stop-reason', stopReason)}
        </Typography.Text>
      )}
      {condition && (
        <Typography.Text type="danger" style={{ fontSize: token.fontSizeSM }}>
          {term('instance.condition', condition.kind)}
        </Typography.Text>
      )}
    </Flex>
  );
}
