/** How many instances are in which state; each leads to the list of them. */
import { type InstanceState, instanceStates } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { InstanceStateBadge } from '../../components/state-badge.tsx';

/** Always shown, even when there are none: people look for them. */
const alwaysShown: readonly InstanceState[] = ['running', 'stopped'];

export function InstancesByState({ counts }: { counts: Record<InstanceState, number> }) {
  const { t } = useTranslation('overview');
  const { token } = theme.useToken();
  const total = instanceStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const shown = instanceStates
    .filter((state) => (counts[state] ?? 0) > 0 || alwaysShown.includes(state))
    .sort((a, b) => Number(alwaysShown.includes(b)) - Number(alwaysShown.includes(a)) || (a === 'running' ? -1 : 1));
  return (
    <SectionCard title={t('instances')} to={paths.instances}>
      <Flex gap={token.marginXL} align="center" wrap>
        <Typography.Text style={{ fontSize: 40, lineHeight: 1.1 }}>{total}</Typography.Text>
        <Flex vertical gap={6} flex={1} style={{ minWidth: 140 }}>
          {shown.map((state) => (
            <Flex key={state} justify="space-between" gap="small">
              <Link to={paths.instancesOfState(state)} style={{ color: token.colorText }}>
                <InstanceStateBadge state={state} />
              </Link>
              <Typography.Text strong>{counts[state] ?? 0}</Typography.Text>
            </Flex>
          ))}
        </Flex>
      </Flex>
    </SectionCard>
  );
}
