/** The links of one component: with whom, and what either side sees of the other since when. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { Component, Link } from '@zhiyun/contracts';
import { Button, Empty, Skeleton, Table, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorResult } from '../../../components/error-result.tsx';
import { RelativeTime } from '../../../components/time.tsx';
import { worse } from '../model/ties.ts';
import { componentQueries, linkQueries } from '../queries.ts';
import { LinkStateMark } from '../state-mark.tsx';

const pageSize = 8;

interface PeerLinks {
  peer: string;
  /** What this component sees of the peer, and what the peer sees of it. */
  here: Link | undefined;
  there: Link | undefined;
}

/** The worst first: it is what one looks for. */
export function linksByPeer(links: readonly Link[], component: string): PeerLinks[] {
  const peers = new Map<string, PeerLinks>();
  for (const link of links) {
    const outgoing = link.from === component;
    const peer = outgoing ? link.to : link.from;
    const known = peers.get(peer) ?? { peer, here: undefined, there: undefined };
    peers.set(peer, { ...known, [outgoing ? 'here' : 'there']: link });
  }
  const worst = ({ here, there }: PeerLinks) =>
    [here, there].flatMap((link) => link?.state ?? []).sort(worse)[0] ?? 'online';
  return [...peers.values()].sort((a, b) => worse(worst(a), worst(b)));
}

function LinkCell({ link }: { link: Link | undefined }) {
  const { t } = useTranslation('common');
  if (!link) return <Typography.Text type="secondary">{t('field.none')}</Typography.Text>;
  return (
    <>
      <LinkStateMark state={link.state} />
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        <RelativeTime at={link.since} />
      </Typography.Text>
    </>
  );
}

/** Names are asked for page by page: in a large domain there are thousands. */
function usePeers(ids: readonly string[], known: ReadonlyMap<string, Component>): ReadonlyMap<string, Component> {
  const missing = ids.filter((id) => !known.has(id));
  const asked = useQueries({ queries: missing.map((id) => componentQueries.detail(id)) });
  const found = asked.flatMap(({ data }) => (data ? [[data.id as string, data] as const] : []));
  return new Map([...known, ...found]);
}

interface ComponentLinksProps {
  id: string;
  known: ReadonlyMap<string, Component>;
  onOpen: (component: string) => void;
}

export function ComponentLinks({ id, known, onOpen }: ComponentLinksProps) {
  const { t } = useTranslation(['domain', 'common']);
  const { data, error, refetch } = useQuery(linkQueries.of(id));
  const [page, setPage] = useState(1);
  const rows = useMemo(() => linksByPeer(data?.items ?? [], id), [data, id]);
  const shown = rows.slice((page - 1) * pageSize, page * pageSize);
  const peers = usePeers(
    shown.map(({ peer }) => peer),
    known,
  );
  if (error && !data) return <ErrorResult error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  return (
    <>
      <Table<PeerLinks>
        aria-label={t('domain:links.title')}
        size="small"
        rowKey="peer"
        dataSource={rows}
        pagination={{ current: page, pageSize, onChange: setPage, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{
          emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('domain:links.none')} />,
        }}
        columns={[
          {
            key: 'peer',
            title: t('domain:links.peer'),
            render: (_, { peer }) => {
              const component = peers.get(peer);
              return (
                <>
                  <Button type="link" size="small" style={{ padding: 0, height: 'auto' }} onClick={() => onOpen(peer)}>
                    {component?.name || peer.slice(-12)}
                  </Button>
                  <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12 }}>
                    {component && t(`common:componentType.${component.type}`)}
                  </Typography.Text>
                </>
              );
            },
          },
          { key: 'here', title: t('domain:links.here'), render: (_, { here }) => <LinkCell link={here} /> },
          { key: 'there', title: t('domain:links.there'), render: (_, { there }) => <LinkCell link={there} /> },
        ]}
      />
      {data.nextCursor !== null && (
        <Typography.Text type="secondary">{t('domain:links.first', { count: data.items.length })}</Typography.Text>
      )}
    </>
  );
}
