/** Facts, live usage and the reasons of the placement. */

import { useQuery } from '@tanstack/react-query';
import { formatBytes, type InstanceDetail } from '@zhiyun/contracts';
import { Card, Empty, Flex, Typography, theme } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { LoadCharts } from '../../components/chart/load-charts.tsx';
import { Facts } from '../../components/facts.tsx';
import { IdText } from '../../components/id-text.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { InstanceStateBadge } from '../../components/state-badge.tsx';
import { ExactTime, RelativeTime } from '../../components/time.tsx';
import { term } from '../../util/term.ts';
import { PlacementReasons } from './placement-reasons.tsx';
import { instanceQueries } from './queries.ts';

function InstanceFacts({ instance }: { instance: InstanceDetail }) {
  const { t } = useTranslation(['instances', 'common']);
  const none = t('common:field.none');
  const { state, stateSince, stopReason, stopDetail, condition, boot, disks, iso, node, computePool } = instance;
  return (
    <Facts
      items={[
        {
          key: 'state',
          label: t('common:field.state'),
          value: (
            <Flex vertical>
              <span>
                <InstanceStateBadge state={state} />{' '}
                <Typography.Text type="secondary">
                  <RelativeTime at={stateSince} />
                </Typography.Text>
              </span>
              {state === 'stopped' && stopReason && (
                <Typography.Text type="secondary">{term('instance.stop-reason', stopReason)}</Typography.Text>
              )}
              {condition && (
                <Typography.Text type="danger">
                  {t(`common:conditionDetail.${condition.kind}`)} <RelativeTime at={condition.since} />
                </Typography.Text>
              )}
              {stopDetail && <Typography.Text type="danger">{stopDetail}</Typography.Text>}
            </Flex>
          ),
        },
        {
          key: 'size',
          label: t('instances:column.size'),
          value: t('instances:size', { cores: instance.cores, memory: formatBytes(instance.memoryBytes) }),
        },
        {
          key: 'address',
          label: t('instances:column.address'),
          value: instance.address ? <Typography.Text copyable>{instance.address}</Typography.Text> : none,
        },
        {
          key: 'pool',
          label: t('instances:column.pool'),
          value: <Link to={paths.pool(computePool.id)}>{computePool.name}</Link>,
        },
        {
          key: 'node',
          label: t('instances:column.node'),
          value: node ? <Link to={paths.node(node.id)}>{node.name}</Link> : none,
        },
        { key: 'mac', label: t('instances:detail.mac'), value: instance.macAddress ?? none },
        {
          key: 'disks',
          label: t('instances:detail.disks'),
          value:
            disks.length === 0 ? (
              none
            ) : (
              <Flex vertical>
                {disks.map(({ id, sizeBytes, image }) => (
                  <span key={id}>
                    {image
                      ? t('instances:detail.diskFrom', { size: formatBytes(sizeBytes), image: image.name })
                      : t('instances:detail.diskBlank', { size: formatBytes(sizeBytes) })}
                  </span>
                ))}
              </Flex>
            ),
        },
        { key: 'iso', label: t('instances:detail.iso'), value: iso?.name ?? none },
        {
          key: 'boot',
          label: t('instances:boot.label'),
          value: `${t(`instances:boot.${boot.first}`)}${boot.menu ? t('instances:boot.withMenu') : ''}`,
        },
        { key: 'created', label: t('common:field.createdAt'), value: <ExactTime at={instance.createdAt} /> },
        {
          key: 'id',
          label: t('common:field.id'),
          value: <IdText id={instance.id} />,
        },
      ]}
    />
  );
}

function InstanceUsage({ instance }: { instance: InstanceDetail }) {
  const { t } = useTranslation('instances');
  const running = instance.node !== null && instance.state !== 'stopped';
  const { data } = useQuery({ ...instanceQueries.usage(instance.id), enabled: running });
  const samples = useMemo(
    () =>
      (data?.items ?? []).map((sample) => ({
        at: sample.at,
        cpu: sample.cpu,
        memory: sample.memoryBytes,
        diskRead: sample.diskReadBytesPerSecond,
        diskWrite: sample.diskWriteBytesPerSecond,
        receive: sample.networkReceiveBytesPerSecond,
        transmit: sample.networkTransmitBytesPerSecond,
      })),
    [data],
  );
  if (!running) {
    return (
      <Card variant="borderless">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('detail.notRunning')} />
      </Card>
    );
  }
  return <LoadCharts samples={samples} memoryTotal={instance.memoryBytes} />;
}

export function InstanceOverview({ instance }: { instance: InstanceDetail }) {
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  return (
    <Flex vertical gap={token.margin}>
      <SectionCard title={t('detail.facts')}>
        <InstanceFacts instance={instance} />
      </SectionCard>
      <InstanceUsage instance={instance} />
      <SectionCard title={t('detail.placement')}>
        <PlacementReasons instance={instance} />
      </SectionCard>
    </Flex>
  );
}
