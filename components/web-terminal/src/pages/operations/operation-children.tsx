/** The children of an operation, what needs to be looked at first. */
import { useQueries } from '@tanstack/react-query';
import type { Operation } from '@zhiyun/contracts';
import { Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { displayFault } from '../../api/errors.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { OperationStateBadge } from '../../components/state-badge.tsx';
import { useOperationActions } from './operation-actions.ts';
import { operationQueries } from './queries.ts';

const shown = 100;
const urgency = ['stuck', 'failed', 'cancelled', 'undoing', 'running', 'pending', 'succeeded'];

export function sortChildren(children: readonly Operation[]): Operation[] {
  const place = ({ state }: Operation) => urgency.indexOf(state);
  return children.filter(({ retried }) => !retried).toSorted((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
}

export function OperationChildren({ operation }: { operation: Operation }) {
  const { t } = useTranslation('operations');
  const actionsOf = useOperationActions();
  const live = operation.endedAt === null ? 1_500 : false;
  const query = { parent: operation.id, limit: shown } as const;
  // Asked for by themselves: among a thousand they may lie behind the first page.
  const pages = useQueries({
    queries: (['stuck', 'failed', undefined] as const).map((state) => ({
      ...operationQueries.list({ ...query, state }),
      refetchInterval: live,
    })),
  });
  const found = new Map(pages.flatMap(({ data }) => data?.items ?? []).map((child) => [child.id, child]));
  const children = sortChildren([...found.values()]).slice(0, shown);
  const counts = operation.children;
  if (!counts) return null;
  const rest = counts.total - children.length;
  return (
    <Flex vertical gap="small">
      <Typography.Text>{t('children.counts', { ...counts })}</Typography.Text>
      {children.map((child) => (
        <Flex key={child.id} gap="small" align="baseline" wrap>
          <span style={{ minWidth: 96 }}>
            <OperationStateBadge state={child.state} />
          </span>
          <Link to={paths.operation(child.id)} style={{ overflowWrap: 'anywhere' }}>
            {child.target.name}
          </Link>
          {child.error && (
            <Typography.Text type="danger" style={{ flex: 1, minWidth: 200 }}>
              {displayFault(child.error).detail}
            </Typography.Text>
          )}
          {child.retryable && actionsOf(child).map((action) => <ActionButton key={action.key} action={action} />)}
        </Flex>
      ))}
      {rest > 0 && <Typography.Text type="secondary">{t('children.more', { rest })}</Typography.Text>}
    </Flex>
  );
}
