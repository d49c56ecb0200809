/** The platform at a glance: what it can hold, what it does now, what happened last; for a new one, what to do next. */
import { useQuery } from '@tanstack/react-query';
import { Col, Row, theme } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { paths } from '../../app/paths.ts';
import { CapacityBars } from '../../components/capacity-bars.tsx';
import { LoadCharts } from '../../components/chart/load-charts.tsx';
import { ErrorResult } from '../../components/error-result.tsx';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { formatDuration } from '../../util/format.ts';
import { EventList } from '../events/event-list.tsx';
import { eventQueries } from '../events/queries.ts';
import { OperationList } from '../operations/operation-list.tsx';
import { operationQueries } from '../operations/queries.ts';
import { ComponentList } from './component-list.tsx';
import { GettingStarted } from './getting-started.tsx';
import { InstancesByState } from './instances-by-state.tsx';
import { NodesCard } from './nodes-card.tsx';
import { systemQueries } from './queries.ts';

const recent = 8;

export function Component() {
  const { t, i18n } = useTranslation(['overview', 'common', 'events', 'operations']);
  const { token } = theme.useToken();
  const { data: system, error, refetch } = useQuery(systemQueries.summary());
  const { data: load } = useQuery(systemQueries.load());
  const { data: operations } = useQuery(operationQueries.list({ limit: recent, parent: 'none' }));
  const { data: events } = useQuery(eventQueries.list({ limit: recent }));
  const samples = useMemo(
    () =>
      (load?.items ?? []).map((sample) => ({
        at: sample.at,
        cpu: sample.cpu,
        memory: sample.memoryUsedBytes,
        diskUsed: sample.diskUsedBytes,
        receive: sample.networkReceiveBytesPerSecond,
        transmit: sample.networkTransmitBytesPerSecond,
      })),
    [load],
  );
  if (error && !system) {
    return (
      <Page title={t('overview:title')}>
        <ErrorResult error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (!system) return <PageLoading />;
  const instances = Object.values(system.instances).reduce((sum, count) => sum + count, 0);
  const gutter: [number, number] = [token.margin, token.margin];
  return (
    <Page
      title={t('overview:title')}
      subtitle={t('overview:subtitle', {
        domain: system.domain.name,
        version: system.version,
        uptime: formatDuration(Date.parse(system.time) - Date.parse(system.startedAt), i18n.language),
      })}
    >
      {instances === 0 && <GettingStarted images={system.images} />}
      <SectionCard title={t('overview:capacity')}>
        <CapacityBars capacity={system.capacity} />
      </SectionCard>
      <Row gutter={gutter}>
        <Col xs={24} lg={12} xl={8}>
          <InstancesByState counts={system.instances} />
        </Col>
        <Col xs={24} lg={12} xl={8}>
          <NodesCard counts={system.nodes} />
        </Col>
        <Col xs={24} xl={8}>
          <ComponentList components={system.components} />
        </Col>
      </Row>
      <LoadCharts samples={samples} memoryTotal={system.capacity.memoryBytes.total} />
      <Row gutter={gutter}>
        <Col xs={24} xl={12}>
          <SectionCard
            title={t('overview:recentOperations')}
            to={paths.operations}
            empty={operations?.items.length === 0 && t('overview:noOperations')}
          >
            <OperationList operations={operations?.items ?? []} />
          </SectionCard>
        </Col>
        <Col xs={24} xl={12}>
          <SectionCard
            title={t('overview:recentEvents')}
            to={paths.events}
            empty={events?.items.length === 0 && t('overview:noEvents')}
          >
            <EventList events={events?.items ?? []} />
          </SectionCard>
        </Col>
      </Row>
    </Page>
  );
}
