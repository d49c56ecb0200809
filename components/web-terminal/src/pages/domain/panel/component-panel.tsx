/** All about one component, beside the picture: itself, its links, what happened to it, and its removal. */
import { useQuery } from '@tanstack/react-query';
import type { Component } from '@zhiyun/contracts';
import { Button, Drawer, Empty, Flex, Grid, Typography, theme } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isNotFound } from '../../../api/errors.ts';
import { paths } from '../../../app/paths.ts';
import { ErrorResult } from '../../../components/error-result.tsx';
import { Facts } from '../../../components/facts.tsx';
import { IdText } from '../../../components/id-text.tsx';
import { PageLoading } from '../../../components/page-loading.tsx';
import { ExactTime, RelativeTime } from '../../../components/time.tsx';
import { formatDuration } from '../../../util/format.ts';
import { EventList } from '../../events/event-list.tsx';
import { eventQueries } from '../../events/queries.ts';
import { OperationList } from '../../operations/operation-list.tsx';
import { operationQueries } from '../../operations/queries.ts';
import { componentQueries } from '../queries.ts';
import { ComponentStateMark } from '../state-mark.tsx';
import { ComponentLinks } from './component-links.tsx';
import { panelWidth } from './panel-width.ts';
import { RemoveButton } from './remove-component.tsx';

const shownEvents = 8;
/** Clocks that differ by less are as equal as networks allow. */
const noticedSkewMs = 1_000;

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Flex vertical gap="small" component="section" aria-label={title}>
      <Typography.Title level={2} style={{ margin: 0, fontSize: 15 }}>
        {title}
      </Typography.Title>
      {children}
    </Flex>
  );
}

function Details({
  component,
  known,
  onOpen,
}: { component: Component } & Pick<ComponentPanelProps, 'known' | 'onOpen'>) {
  const { t, i18n } = useTranslation(['domain', 'common']);
  const { id, type, since, addresses, version, machine, joinedAt, clockSkewMs } = component;
  const none = t('common:field.none');
  const neighbours = [...known.values()].filter((each) => each.machine === machine && each.id !== id);
  const skew = formatDuration(Math.abs(clockSkewMs), i18n.language);
  return (
    <Facts
      narrow
      items={[
        {
          key: 'state',
          label: t('common:field.state'),
          value: (
            <Flex gap="small" align="center" wrap>
              <ComponentStateMark state={component.state} />
              <Typography.Text type="secondary">
                <RelativeTime at={since} />
              </Typography.Text>
            </Flex>
          ),
        },
        {
          key: 'addresses',
          label: t('domain:field.addresses'),
          value: addresses.length > 0 ? <Typography.Text code>{addresses.join('  ')}</Typography.Text> : none,
        },
        { key: 'version', label: t('domain:field.version'), value: version || none },
        {
          key: 'machine',
          label: t('domain:field.machine'),
          value:
            neighbours.length === 0 ? (
              t('domain:alone')
            ) : (
              <Flex wrap gap="0 12px">
                {neighbours.map((each) => (
                  <Button
                    key={each.id}
                    type="link"
                    size="small"
                    style={{ padding: 0, height: 'auto' }}
                    onClick={() => onOpen(each.id)}
                  >
                    {t(`common:componentType.${each.type}`)}
                  </Button>
                ))}
              </Flex>
            ),
        },
        ...(Math.abs(clockSkewMs) >= noticedSkewMs
          ? [
              {
                key: 'clock',
                label: t('domain:field.clock'),
                value: (
                  <Typography.Text type="warning">
                    {t(clockSkewMs > 0 ? 'domain:clockAhead' : 'domain:clockBehind', { skew })}
                  </Typography.Text>
                ),
              },
            ]
          : []),
        { key: 'joined', label: t('domain:field.joinedAt'), value: <ExactTime at={joinedAt} /> },
        { key: 'id', label: t('common:field.id'), value: <IdText id={id} /> },
        ...(type === 'node-client'
          ? [
              {
                key: 'node',
                label: t('domain:field.node'),
                value: <Link to={paths.node(id)}>{t('domain:toNode')}</Link>,
              },
            ]
          : []),
      ]}
    />
  );
}

export interface ComponentPanelProps {
  id: string;
  /** Components that the page holds anyway. */
  known: ReadonlyMap<string, Component>;
  onOpen: (component: string) => void;
  onClose: () => void;
}

export default function ComponentPanel({ id, known, onOpen, onClose }: ComponentPanelProps) {
  const { t } = useTranslation(['domain', 'common', 'events', 'operations']);
  const { token } = theme.useToken();
  const beside = Grid.useBreakpoint().lg ?? true;
  const { data, error, refetch } = useQuery(componentQueries.detail(id));
  const { data: events } = useQuery(eventQueries.list({ subject: id, limit: shownEvents }));
  const { data: active } = useQuery(operationQueries.active());
  const component = data ?? known.get(id);
  const removed = isNotFound(error);
  const running = active?.items.filter(({ target }) => target.id === id) ?? [];
  return (
    <Drawer
      open
      size={beside ? panelWidth : '100%'}
      mask={!beside}
      onClose={onClose}
      title={component ? `${t(`common:componentType.${component.type}`)} · ${component.name}` : t('common:loading')}
      extra={component && !removed && <RemoveButton component={component} busy={running.length > 0} />}
    >
      {removed ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('domain:removed')} />
      ) : error && !component ? (
        <ErrorResult error={error} onRetry={() => void refetch()} />
      ) : component ? (
        <Flex vertical gap={token.marginLG}>
          {running.length > 0 && <OperationList operations={running} withTarget={false} />}
          <Details component={component} known={known} onOpen={onOpen} />
          <Section title={t('domain:links.title')}>
            <ComponentLinks key={id} id={id} known={known} onOpen={onOpen} />
          </Section>
          <Section title={t('domain:events')}>
            {events?.items.length === 0 ? (
              <Typography.Text type="secondary">{t('domain:noEvents')}</Typography.Text>
            ) : (
              <EventList events={events?.items ?? []} withSubject={false} />
            )}
          </Section>
        </Flex>
      ) : (
        <PageLoading />
      )}
    </Drawer>
  );
}
