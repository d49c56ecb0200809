/** The steps of an operation, in order, with what each took and why it failed. */

import type { Operation, OperationStep, StepState } from '@zhiyun/contracts';
import { Flex, Steps, type StepsProps, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayFault } from '../../api/errors.ts';
import { formatDuration, formatPercent } from '../../util/format.ts';
import { term } from '../../util/term.ts';

const status: Record<StepState, NonNullable<StepsProps['status']>> = {
  waiting: 'wait',
  running: 'process',
  done: 'finish',
  failed: 'error',
  undoing: 'process',
  undone: 'wait',
  'undo-failed': 'error',
};

/** A step that failed stays a failed one, also after it was undone: it is what one looks for. */
export function stepStatus({ state, error }: Pick<OperationStep, 'state' | 'error'>) {
  return error && state !== 'undoing' ? 'error' : status[state];
}

function StepContent({ step }: { step: OperationStep }) {
  const { i18n } = useTranslation('operations');
  const { state, progress, startedAt, endedAt, error } = step;
  const parts: string[] = [term('operation.step-state', state)];
  if (state === 'running' && progress !== null) parts.push(formatPercent(progress, i18n.language));
  if (startedAt && endedAt) parts.push(formatDuration(Date.parse(endedAt) - Date.parse(startedAt), i18n.language));
  const shown = error ? displayFault(error) : undefined;
  return (
    <Flex vertical>
      <Typography.Text type="secondary">{parts.join(' · ')}</Typography.Text>
      {shown && (
        <Typography.Text type="danger">
          {shown.title}
          {shown.detail && `: ${shown.detail}`}
        </Typography.Text>
      )}
    </Flex>
  );
}

export function OperationSteps({ operation }: { operation: Operation }) {
  const { t } = useTranslation('operations');
  if (operation.steps.length === 0) return <Typography.Text type="secondary">{t('noSteps')}</Typography.Text>;
  return (
    <Steps
      orientation="vertical"
      size="small"
      items={operation.steps.map((step) => ({
        title: term('operation.step', step.name),
        status: stepStatus(step),
        content: <StepContent step={step} />,
      }))}
    />
  );
}
