/** One instance: facts and live charts, its screen, its serial console, what was done with it. */

import { useQuery } from '@tanstack/react-query';
import { Alert, Tabs } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { isNotFound } from '../../api/errors.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { ActionMenu } from '../../components/actions/action-menu.tsx';
import { GoneResult } from '../../components/gone-result.tsx';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { InstanceStateBadge } from '../../components/state-badge.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { operationName } from '../../util/term.ts';
import { operationQueries } from '../operations/queries.ts';
import { useInstanceActions } from './instance-actions.tsx';
import { InstanceActivity } from './instance-activity.tsx';
import { InstanceOverview } from './instance-overview.tsx';
import { instanceQueries } from './queries.ts';

const DisplayConsole = lazyChunk(() => import('./console/display-console.tsx'));
const SerialConsole = lazyChunk(() => import('./console/serial-console.tsx'));

const tabs = ['overview', 'display', 'serial', 'activity'] as const;
type Tab = (typeof tabs)[number];

function BusyNote({ operationId }: { operationId: string }) {
  const { t } = useTranslation(['instances', 'common']);
  const { data: operation } = useQuery(operationQueries.detail(operationId));
  if (!operation || operation.endedAt) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={
        <Link to={paths.operation(operationId)}>
          {t('instances:detail.busy', { kind: operationName(operation.kind) })} · {Math.round(operation.progress * 100)}
          %
        </Link>
      }
    />
  );
}

export function Component() {
  const { t } = useTranslation(['instances', 'common']);
  const { id = '', tab } = useParams();
  const navigate = useNavigate();
  const { data: instance, error, refetch } = useQuery(instanceQueries.detail(id));
  const { actionsOf, dialogs } = useInstanceActions(() => void navigate(paths.instances));
  const back = { to: paths.instances, label: t('instances:title') };
  if (error && (!instance || isNotFound(error)))
    return (
      <GoneResult error={error} onRetry={() => void refetch()} kind="instance" id={instance?.id ?? id} back={back} />
    );
  if (!instance) return <PageLoading />;
  const actions = actionsOf(instance);
  const current: Tab = tabs.find((each) => each === tab) ?? 'overview';
  const content: Record<Tab, React.ReactNode> = {
    overview: <InstanceOverview instance={instance} />,
    display: <DisplayConsole instance={instance} />,
    serial: <SerialConsole instance={instance} />,
    activity: <InstanceActivity instance={instance} />,
  };
  return (
    <Page
      title={instance.name}
      back={back}
      tags={<InstanceStateBadge state={instance.state} />}
      actions={
        <>
          <ActionButton action={actions.start} />
          <ActionButton action={actions.stop} />
          <ActionButton action={actions.reboot} />
          <ActionMenu
            type="default"
            label={t('common:action.rowMore', { name: instance.name })}
            actions={[
              actions.startFromCd,
              actions.kill,
              actions.reset,
              actions.bootOrder,
              actions.rename,
              actions.delete,
            ]}
          />
        </>
      }
    >
      {instance.operation && <BusyNote operationId={instance.operation} />}
      <Tabs
        activeKey={current}
        onChange={(key) => {
          const next = tabs.find((each) => each === key) ?? 'overview';
          void navigate(next === 'overview' ? paths.instance(id) : paths.instanceTab(id, next));
        }}
        destroyOnHidden
        items={tabs.map((key) => ({
          key,
          label: t(`instances:detail.tab.${key}`),
          children: <Suspense fallback={<PageLoading />}>{content[key]}</Suspense>,
        }))}
      />
      {dialogs}
    </Page>
  );
}
