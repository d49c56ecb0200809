import { type NodeState, nodeStates } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { paths } from '../../app/paths.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { NodeStateBadge } from '../../components/state-badge.tsx';

export function NodesCard({ counts }: { counts: Record<NodeState, number> }) {
  const { t } = useTranslation('overview');
  const { token } = theme.useToken();
  const total = nodeStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return (
    <SectionCard title={t('nodes')} to={paths.nodes}>
      <Flex gap={token.marginXL} align="center" wrap>
        <Typography.Text style={{ fontSize: 40, lineHeight: 1.1 }}>{total}</Typography.Text>
        <Flex vertical gap={6} flex={1} style={{ minWidth: 140 }}>
          {nodeStates.map((state) => (
            <Flex key={state} justify="space-between" gap="small">
              <NodeStateBadge state={state} />
              <Typography.Text strong>{counts[state] ?? 0}</Typography.Text>
            </Flex>
          ))}
        </Flex>
      </Flex>
    </SectionCard>
  );
}
