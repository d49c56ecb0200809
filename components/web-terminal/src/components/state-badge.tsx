/** States as words with a dot. Each table is complete by its type: a new state does not compile until it has a colour. */
import type { ComponentState, Event, ImageState, InstanceState, NodeState, OperationState } from '@zhiyun/contracts';
import { Badge, type BadgeProps } from 'antd';
import { useTranslation } from 'react-i18next';

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
const componentStatus: Record<ComponentState, Status> = { online: 'success', suspect: 'warning', gone: 'error' };
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

export function InstanceStateBadge({ state }: { state: InstanceState }) {
  const { t } = useTranslation();
  return <Badge status={instanceStatus[state]} text={t(`instanceState.${state}`)} style={noWrap} />;
}

export function ImageStateBadge({ state }: { state: ImageState }) {
  const { t } = useTranslation();
  return <Badge status={imageStatus[state]} text={t(`imageState.${state}`)} style={noWrap} />;
}

export function NodeStateBadge({ state }: { state: NodeState }) {
  const { t } = useTranslation();
  return <Badge status={nodeStatus[state]} text={t(`nodeState.${state}`)} style={noWrap} />;
}

export function ComponentStateBadge({ state }: { state: ComponentState }) {
  const { t } = useTranslation();
  return <Badge status={componentStatus[state]} text={t(`componentState.${state}`)} style={noWrap} />;
}

export function OperationStateBadge({ state }: { state: OperationState }) {
  const { t } = useTranslation();
  return <Badge status={operationStatus[state]} text={t(`operationState.${state}`)} style={noWrap} />;
}

export function SeverityBadge({ severity }: { severity: Event['severity'] }) {
  const { t } = useTranslation('events');
  return <Badge status={severityStatus[severity]} text={t(`severity.${severity}`)} style={noWrap} />;
}
