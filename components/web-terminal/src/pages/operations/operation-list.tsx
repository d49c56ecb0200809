/** Operations as a short list, for overview and details. */

import type { Operation } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { OperationStateBadge } from '../../components/state-badge.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { operationName } from '../../util/term.ts';

export function OperationList({
  operations,
  withTarget = true,
}: {
  operations: readonly Operation[];
  withTarget?: boolean;
}) {
  useTranslation();
  const { token } = theme.useToken();
  return (
    <Flex vertical component="ul" gap={token.marginSM} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {operations.map((operation) => (
        <li key={operation.id}>
          <Flex gap={token.marginXS} align="baseline">
            <span style={{ flexShrink: 0, minWidth: 76 }}>
              <OperationStateBadge state={operation.state} />
            </span>
            <Link to={paths.operation(operation.id)} style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {operationName(operation.kind)}
              {withTarget && ` · ${operation.target.name}`}
            </Link>
            <Typography.Text type="secondary" style={{ flexShrink: 0 }}>
              <RelativeTime at={operation.createdAt} />
            </Typography.Text>
          </Flex>
          {operation.endedAt === null && <OperationProgress operation={operation} />}
        </li>
      ))}
    </Flex>
  );
}
