/** A bar for an operation; its colour repeats what the words beside it say. */

import type { Operation, OperationState } from '@zhiyun/contracts';
import { Progress, type ProgressProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { term } from '../util/term.ts';

const status: Record<OperationState, NonNullable<ProgressProps['status']>> = {
  pending: 'normal',
  running: 'active',
  undoing: 'active',
  succeeded: 'success',
  failed: 'exception',
  cancelled: 'normal',
  stuck: 'exception',
};

export function OperationProgress({ operation }: { operation: Operation }) {
  useTranslation();
  const percent = Math.round(operation.progress * 100);
  return (
    <Progress
      percent={percent}
      status={status[operation.state]}
      size="small"
      aria-label={`${operation.target.name}: ${term('operation.state', operation.state)}, ${percent}%`}
    />
  );
}
