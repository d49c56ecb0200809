/** One operation: how far it is, what each step did, why it failed. */

import { useQuery } from '@tanstack/react-query';
import { instanceCan, type Operation } from '@zhiyun/contracts';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { displayFault } from '../../api/errors.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { ErrorResult } from '../../components/error-result.tsx';
import { Facts } from '../../components/facts.tsx';
import { IdText } from '../../components/id-text.tsx';
import { TargetLink } from '../../components/named-link.tsx';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { OperationStateBadge } from '../../components/state-badge.tsx';
import { ExactTime } from '../../components/time.tsx';
import { formatDuration } from '../../util/format.ts';
import { partsFailed } from '../../util/parts-failed.ts';
import { kindName, operationName } from '../../util/term.ts';
import { useInstanceActions } from '../instances/instance-actions.tsx';
import { instanceQueries } from '../instances/queries.ts';
import { useOperationActions } from './operation-actions.ts';
import { OperationChildren } from './operation-children.tsx';
import { OperationSteps } from './operation-steps.tsx';
import { operationQueries } from './queries.ts';

/** A guest that did not shut down when it was asked to can still be switched off. */
function mayNeedKill({ kind, state }: Pick<Operation, 'kind' | 'state'>): boolean {
  return state === 'failed' && (kind === 'instance.stop' || kind === 'instance.reboot');
}

function KillButton({ instanceId }: { instanceId: string }) {
  const { data: instance } = useQuery(instanceQueries.detail(instanceId));
  const { actionsOf, dialogs } = useInstanceActions();
  if (!instance || !instanceCan('kill', instance.state)) return null;
  return (
    <>
      <ActionButton action={actionsOf(instance).kill} />
      {dialogs}
    </>
  );
}

export function Component() {
  const { t, i18n } = useTranslation(['operations', 'common']);
  const { id = '' } = useParams();
  const { data: operation, error, refetch } = useQuery(operationQueries.detail(id));
  const actionsOf = useOperationActions();
  if (error && !operation) {
    return (
      <Page title={t('operations:title')}>
        <ErrorResult error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (!operation) return <PageLoading />;
  const { kind, state, target, createdBy, createdAt, endedAt, error: fault, parent, children } = operation;
  const shown = fault ? displayFault(fault) : undefined;
  const parts = partsFailed(operation);
  return (
    <Page
      title={`${operationName(kind)} · ${target.name}`}
      back={
        parent
          ? { to: paths.operation(parent), label: t('operations:children.parent') }
          : { to: paths.operations, label: t('operations:title') }
      }
      tags={<OperationStateBadge state={state} />}
      actions={
        <>
          {mayNeedKill(operation) && <KillButton instanceId={target.id} />}
          {actionsOf(operation).map((action) => (
            <ActionButton key={action.key} action={action} />
          ))}
        </>
      }
    >
      {shown && (
        <Alert
          type={state === 'cancelled' ? 'warning' : 'error'}
          showIcon
          title={parts ? t('common:operationEnded.parts', parts) : shown.title}
          description={
            <>
              <div>{shown.detail}</div>
              {shown.fields.map(({ path, message }) => (
                <div key={path}>
                  {path}: {message}
                </div>
              ))}
              {state === 'stuck' && <div>{t('operations:retryDetail')}</div>}
            </>
          }
        />
      )}
      <SectionCard title={t('operations:facts')}>
        <Facts
          items={[
            {
              key: 'target',
              label: t('operations:column.target'),
              value: (
                <>
                  {kindName(target.kind)}&nbsp;
                  <TargetLink target={target} />
                </>
              ),
            },
            {
              key: 'by',
              label: t('operations:column.createdBy'),
              value: createdBy?.username ?? t('operations:bySystem'),
            },
            { key: 'at', label: t('operations:column.createdAt'), value: <ExactTime at={createdAt} /> },
            ...(endedAt
              ? [
                  {
                    key: 'took',
                    label: t('operations:column.duration'),
                    value: formatDuration(Date.parse(endedAt) - Date.parse(createdAt), i18n.language),
                  },
                ]
              : []),
            {
              key: 'id',
              label: t('common:field.id'),
              value: <IdText id={operation.id} />,
            },
          ]}
        />
        {endedAt === null && <OperationProgress operation={operation} />}
      </SectionCard>
      {children && (
        <SectionCard title={t('operations:children.title')}>
          <OperationChildren operation={operation} />
        </SectionCard>
      )}
      <SectionCard title={t('operations:steps')}>
        <OperationSteps operation={operation} />
      </SectionCard>
    </Page>
  );
}
