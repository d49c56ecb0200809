/** Why the instance is where it is: each node with its score, or with what it lacked. */
import { CheckCircleFilled, CloseCircleOutlined, MinusCircleOutlined } from '@ant-design/icons';
import type { InstanceDetail, PlacementCandidate } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { inReadersLanguage } from '../../api/errors.ts';
import { paths } from '../../app/paths.ts';

function Candidate({ candidate, chosen }: { candidate: PlacementCandidate; chosen: boolean }) {
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  const { node, score, reason, sentence } = candidate;
  const verdict = chosen ? t('detail.chosen') : reason === null ? t('detail.candidate') : t('detail.dropped');
  return (
    <Flex component="li" gap="small" align="baseline" wrap>
      {chosen ? (
        <CheckCircleFilled aria-hidden style={{ color: token.colorSuccess }} />
      ) : reason === null ? (
        <MinusCircleOutlined aria-hidden style={{ color: token.colorTextTertiary }} />
      ) : (
        <CloseCircleOutlined aria-hidden style={{ color: token.colorError }} />
      )}
      <Link to={paths.node(node.id)}>{node.name}</Link>
      <Typography.Text strong={chosen}>{verdict}</Typography.Text>
      {score !== null && (
        <Typography.Text type="secondary">{t('detail.score', { score: score.toFixed(2) })}</Typography.Text>
      )}
      {reason && <Typography.Text type="secondary">{inReadersLanguage(reason, sentence)}</Typography.Text>}
    </Flex>
  );
}

export function PlacementReasons({ instance }: { instance: InstanceDetail }) {
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  if (instance.placement.length === 0)
    return <Typography.Text type="secondary">{t('detail.noPlacement')}</Typography.Text>;
  return (
    <>
      <Typography.Paragraph type="secondary">{t('detail.placementHint')}</Typography.Paragraph>
      <Flex vertical component="ul" gap={token.marginXS} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {instance.placement.map((candidate) => (
          <Candidate key={candidate.node.id} candidate={candidate} chosen={candidate.node.id === instance.node?.id} />
        ))}
      </Flex>
    </>
  );
}
