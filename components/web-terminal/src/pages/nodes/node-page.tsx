/** One node: capacity, live load, what its machine can do. */
import { EditOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { formatBytes, type Node } from '@zhiyun/contracts';
import { Badge, Card, Empty, Flex } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { isNotFound } from '../../api/errors.ts';
import { useMay } from '../../api/session.ts';
import { paths } from '../../app/paths.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import { CapacityBars } from '../../components/capacity-bars.tsx';
import { LoadCharts } from '../../components/chart/load-charts.tsx';
import { Facts } from '../../components/facts.tsx';
import { GoneResult } from '../../components/gone-result.tsx';
import { IdText } from '../../components/id-text.tsx';
import { Page } from '../../components/page.tsx';
import { PageLoading } from '../../components/page-loading.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { NodeStateBadge } from '../../components/state-badge.tsx';
import { ExactTime } from '../../components/time.tsx';
import { NodeForm } from './node-form.tsx';
import { NodeNetwork } from './node-network.tsx';
import { nodeQueries } from './queries.ts';
import { SchedulableSwitch } from './schedulable-switch.tsx';

function NodeFacts({ node }: { node: Node }) {
  const { t } = useTranslation(['nodes', 'common']);
  const none = t('common:field.none');
  const { facts, computePool } = node;
  return (
    <Facts
      items={[
        {
          key: 'pool',
          label: t('nodes:column.pool'),
          value: computePool ? <Link to={paths.pool(computePool.id)}>{computePool.name}</Link> : t('nodes:noPool'),
        },
        {
          key: 'instances',
          label: t('nodes:column.instances'),
          value: <Link to={paths.instancesOfNode(node.id)}>{t('nodes:instances', { count: node.instanceCount })}</Link>,
        },
        { key: 'address', label: t('nodes:column.address'), value: node.address ?? none },
        ...(facts
          ? [
              { key: 'hostname', label: t('nodes:hostname'), value: facts.hostname },
              { key: 'cpu', label: t('nodes:cpuModel'), value: `${facts.cpuModel} (${facts.architecture})` },
              { key: 'cores', label: t('nodes:cores'), value: facts.cores },
              { key: 'memory', label: t('nodes:memory'), value: formatBytes(facts.memoryBytes) },
              { key: 'disk', label: t('nodes:disk'), value: formatBytes(facts.diskBytes) },
              { key: 'kernel', label: t('nodes:kernel'), value: facts.kernel },
              {
                key: 'hypervisor',
                label: t('nodes:hypervisor'),
                value: (
                  <Flex gap="small" wrap align="center">
                    {`${facts.hypervisor} ${facts.hypervisorVersion}`}
                    <Badge
                      status={facts.accelerator === 'kvm' ? 'success' : 'warning'}
                      text={t(`nodes:accelerator.${facts.accelerator}`)}
                    />
                  </Flex>
                ),
              },
              {
                key: 'cgroup',
                label: t('nodes:cgroup'),
                value: t(`nodes:cgroupVersion.${facts.cgroupVersion}`),
              },
              {
                key: 'reflink',
                label: t('nodes:reflink'),
                value: t(facts.reflink ? 'nodes:reflinkYes' : 'nodes:reflinkNo'),
              },
            ]
          : []),
        ...(node.network
          ? [
              {
                key: 'network',
                label: t('nodes:network.title'),
                value: t(node.network.length === 0 ? 'nodes:network.good' : 'nodes:network.faulty'),
              },
            ]
          : []),
        { key: 'joined', label: t('nodes:joinedAt'), value: <ExactTime at={node.joinedAt} /> },
        {
          key: 'id',
          label: t('common:field.id'),
          value: <IdText id={node.id} />,
        },
      ]}
    />
  );
}

function NodeLoad({ node }: { node: Node }) {
  const { t } = useTranslation('nodes');
  const { data } = useQuery({ ...nodeQueries.load(node.id), enabled: node.state !== 'offline' });
  const samples = useMemo(
    () =>
      (data?.items ?? []).map((sample) => ({
        at: sample.at,
        cpu: sample.cpu,
        memory: sample.memoryUsedBytes,
        diskRead: sample.diskReadBytesPerSecond,
        diskWrite: sample.diskWriteBytesPerSecond,
        receive: sample.networkReceiveBytesPerSecond,
        transmit: sample.networkTransmitBytesPerSecond,
      })),
    [data],
  );
  if (node.state === 'offline') {
    return (
      <Card variant="borderless">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('offlineLoad')} />
      </Card>
    );
  }
  return <LoadCharts samples={samples} memoryTotal={node.facts?.memoryBytes} />;
}

export function Component() {
  const { t } = useTranslation(['nodes', 'common']);
  const { id = '' } = useParams();
  const { data: node, error, refetch } = useQuery(nodeQueries.detail(id));
  const may = useMay('node:write');
  const [editing, setEditing] = useState(false);
  const back = { to: paths.nodes, label: t('nodes:title') };
  if (error && (!node || isNotFound(error)))
    return <GoneResult error={error} onRetry={() => void refetch()} kind="node" id={node?.id ?? id} back={back} />;
  if (!node) return <PageLoading />;
  return (
    <Page
      title={node.name}
      back={back}
      tags={<NodeStateBadge state={node.state} />}
      actions={
        <>
          <Flex gap="small" align="center">
            <SchedulableSwitch node={node} />
            {t(node.schedulable ? 'nodes:schedulable.on' : 'nodes:schedulable.off')}
          </Flex>
          <ActionButton
            action={{
              key: 'edit',
              label: t('common:action.edit'),
              icon: <EditOutlined />,
              reason: may ? undefined : t('common:reason.role'),
              run: () => setEditing(true),
            }}
          />
        </>
      }
    >
      <SectionCard title={t('nodes:capacity')}>
        <CapacityBars capacity={node.capacity} />
      </SectionCard>
      <NodeNetwork findings={node.network ?? []} />
      <NodeLoad node={node} />
      <SectionCard title={t('nodes:facts')}>
        <NodeFacts node={node} />
      </SectionCard>
      {editing && <NodeForm node={node} onClose={() => setEditing(false)} />}
    </Page>
  );
}
