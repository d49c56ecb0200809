/** States as words with a dot. Each table is complete by its type: a new state does not compile until it has a colour. */

import type { Event, ImageState, InstanceState, NodeState, OperationState, TermSet } from '@zhiyun/contracts';
import { Badge, type BadgeProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { term } from '../util/term.ts';

type Status = NonNullable<BadgeProps['status']>;

const instanceStatus: Record<InstanceState, Status> = {
  creating: 'processing',
  stopped: 'default',
  starting: 'processing',
  running: 'success',
  stopping: 'processing',
  rebooting: 'processing',
  deleting: 'processing',
  unknown: 'warning',
  lost: 'error',
};
const imageStatus: Record<ImageState, Status> = {
  uploading: 'processing',
  checking: 'processing',
  ready: 'success',
  failed: 'error',
  deleting: 'processing',
};
const nodeStatus: Record<NodeState, Status> = { online: 'success', suspect: 'warning', offline: 'error' };
const operationStatus: Record<OperationState, Status> = {
  pending: 'default',
  running: 'processing',
  undoing: 'processing',
  succeeded: 'success',
  failed: 'error',
  cancelled: 'default',
  stuck: 'error',
};
const severityStatus: Record<Event['severity'], Status> = { info: 'processing', warning: 'warning', error: 'error' };

const noWrap = { whiteSpace: 'nowrap' } as const;

function TermBadge({ set, value, status }: { set: TermSet; value: string; status: Status }) {
  useTranslation();
  return <Badge status={status} text={term(set, value)} style={noWrap} />;
}

export const InstanceStateBadge = ({ state }: { state: InstanceState }) => (
  <TermBadge set="instance.state" value={state} status={instanceStatus[state]} />
);
export const ImageStateBadge = ({ state }: { state: ImageState }) => (
  <TermBadge set="image.state" value={state} status={imageStatus[state]} />
);
export const NodeStateBadge = ({ state }: { state: NodeState }) => (
  <TermBadge set="node.state" value={state} status={nodeStatus[state]} />
);
export const OperationStateBadge = ({ state }: { state: OperationState }) => (
  <TermBadge set="operation.state" value={state} status={operationStatus[state]} />
);

export function SeverityBadge({ severity }: { severity: Event['severity'] }) {
  const { t } = useTranslation('events');
  return <Badge status={severityStatus[severity]} text={t(`severity.${severity}`)} style={noWrap} />;
}
