/** What happened, newest first, live. */

import { useQuery } from '@tanstack/react-query';
import { type Event, eventSeverities, targetKinds } from '@zhiyun/contracts';
import { Badge, Typography } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '../../api/live-context.ts';
import type { Column } from '../../components/list/columns.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { oneOf, useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { TargetLink } from '../../components/named-link.tsx';
import { Page } from '../../components/page.tsx';
import { SeverityBadge } from '../../components/state-badge.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { kindName, sentenceOf } from '../../util/term.ts';
import { EventList } from './event-list.tsx';
import { eventQueries } from './queries.ts';

function columnsOf(t: TFunction<['events', 'common']>): Column<Event>[] {
  return [
    { key: 'time', title: t('events:column.time'), width: 128, render: (_, { at }) => <RelativeTime at={at} /> },
    {
      key: 'severity',
      title: t('events:column.severity'),
      width: 104,
      render: (_, { severity }) => <SeverityBadge severity={severity} />,
    },
    { key: 'what', always: true, title: t('events:column.what'), render: (_, event) => sentenceOf(event) },
    {
      key: 'subject',
      title: t('events:column.subject'),
      render: (_, { subject }) => (
        <>
          <Typography.Text type="secondary">{kindName(subject.kind)}</Typography.Text> <TargetLink target={subject} />
        </>
      ),
    },
    {
      key: 'actor',
      title: t('events:column.actor'),
      responsive: ['md'],
      render: (_, { actor }) => actor?.username ?? t('events:platform'),
    },
  ];
}

export function Component() {
  const { t } = useTranslation(['events', 'common']);
  const live = useLiveState();
  const state = useListState(['severity', 'subjectKind', 'subject']);
  const severity = oneOf(state.filters.severity, eventSeverities);
  const subjectKind = oneOf(state.filters.subjectKind, targetKinds);
  const query = useQuery(
    eventQueries.list({
      severity,
      subjectKind,
      subject: state.filters.subject,
      cursor: state.cursor,
      limit: state.limit,
    }),
  );
  const columns = useMemo(() => columnsOf(t), [t]);
  return (
    <Page title={t('events:title')} tags={live === 'live' && <Badge status="processing" text={t('events:live')} />}>
      <ResourceTable<Event, 'severity' | 'subjectKind' | 'subject'>
        name="events"
        label={t('events:title')}
        query={query}
        state={state}
        columns={columns}
        rowKey="seq"
        narrow={(items) => <EventList events={items} />}
        empty={<EmptyHint title={t('events:empty')} hint={t('events:emptyHint')} />}
        expandable={{
          expandedRowRender: ({ kind, data }) => (
            <Typography.Paragraph style={{ margin: 0 }} copyable={{ text: JSON.stringify(data) }}>
              <Typography.Text code>{kind}</Typography.Text> <code>{JSON.stringify(data)}</code>
            </Typography.Paragraph>
          ),
          rowExpandable: ({ data }) => Object.keys(data).length > 0,
        }}
        toolbar={
          <ListToolbar filtered={state.filtered} onClear={state.clear}>
            <FilterSelect
              all={t('events:filter.severity')}
              value={severity}
              options={eventSeverities.map((value) => ({ value, label: t(`events:severity.${value}`) }))}
              onChange={(value) => state.setFilter('severity', value)}
            />
            <FilterSelect
              all={t('events:filter.subjectKind')}
              value={subjectKind}
              options={targetKinds.map((value) => ({ value, label: kindName(value) }))}
              onChange={(value) => state.setFilter('subjectKind', value)}
            />
          </ListToolbar>
        }
      />
    </Page>
  );
}
