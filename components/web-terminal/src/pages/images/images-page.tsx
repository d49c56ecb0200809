/** All images, uploads among them. */

import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { formatBytes, type Image, imageKinds, imageStates } from '@zhiyun/contracts';
import { Button, Tag, Typography } from 'antd';
import type { TFunction } from 'i18next';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useMay } from '../../api/session.ts';
import { ActionButton } from '../../components/actions/action-button.tsx';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { ActionMenu } from '../../components/actions/action-menu.tsx';
import type { Column } from '../../components/list/columns.ts';
import { EmptyHint } from '../../components/list/empty-hint.tsx';
import { oneOf, useListState } from '../../components/list/list-state.ts';
import { FilterSelect, ListToolbar, SearchBox } from '../../components/list/list-toolbar.tsx';
import { ResourceTable } from '../../components/list/resource-table.tsx';
import { Page } from '../../components/page.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { term } from '../../util/term.ts';
import { useImageActions } from './image-actions.tsx';
import { ImageFacts } from './image-facts.tsx';
import { ImageList } from './image-list.tsx';
import { ImageState } from './image-state.tsx';
import { imageQueries } from './queries.ts';

const AddImage = lazyChunk(() => import('./add-image.tsx'));

function columnsOf(
  t: TFunction<['images', 'common']>,
  mayWrite: boolean,
  actionsOf: (image: Image) => ActionItem[],
): Column<Image>[] {
  const none = t('common:field.none');
  return [
    {
      key: 'name',
      always: true,
      title: t('images:column.name'),
      render: (_, { name }) => <Typography.Text strong>{name}</Typography.Text>,
    },
    {
      key: 'state',
      title: t('images:column.state'),
      render: (_, image) => <ImageState image={image} mayWrite={mayWrite} />,
    },
    {
      key: 'kind',
      title: t('images:column.kind'),
      responsive: ['sm'],
      render: (_, { kind }) => <Tag>{t(`common:imageKind.${kind}`)}</Tag>,
    },
    {
      key: 'size',
      title: t('images:column.size'),
      align: 'right',
      responsive: ['md'],
      render: (_, { sizeBytes }) => formatBytes(sizeBytes),
    },
    {
      key: 'virtualSize',
      title: t('images:column.virtualSize'),
      align: 'right',
      responsive: ['lg'],
      render: (_, { virtualSizeBytes, kind }) =>
        kind === 'disk' && virtualSizeBytes !== null ? formatBytes(virtualSizeBytes) : none,
    },
    { key: 'format', title: t('images:column.format'), responsive: ['xl'], render: (_, { format }) => format ?? none },
    {
      key: 'usedBy',
      title: t('images:column.usedBy'),
      align: 'right',
      responsive: ['lg'],
      render: (_, { instanceCount }) => instanceCount,
    },
    {
      key: 'createdAt',
      title: t('images:column.createdAt'),
      responsive: ['lg'],
      render: (_, { createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      key: 'actions',
      always: true,
      title: t('images:column.actions'),
      width: 80,
      fixed: 'end',
      render: (_, image) => (
        <ActionMenu label={t('common:action.rowMore', { name: image.name })} actions={actionsOf(image)} />
      ),
    },
  ];
}

export function Component() {
  const { t } = useTranslation(['images', 'common']);
  const [params, setParams] = useSearchParams();
  const mayWrite = useMay('image:write');
  const state = useListState(['search', 'kind', 'state']);
  const kind = oneOf(state.filters.kind, imageKinds);
  const chosenState = oneOf(state.filters.state, imageStates);
  const query = useQuery(
    imageQueries.list({
      search: state.filters.search,
      kind,
      state: chosenState,
      cursor: state.cursor,
      limit: state.limit,
    }),
  );
  const { actionsOf, dialogs } = useImageActions();

  function setAdding(on: boolean): void {
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (on) next.set('add', 'upload');
        else next.delete('add');
        return next;
      },
      { replace: true },
    );
  }
  return (
    <Page
      title={t('images:title')}
      actions={
        <ActionButton
          type="primary"
          action={{
            key: 'add',
            label: t('images:add'),
            icon: <PlusOutlined />,
            reason: mayWrite ? undefined : t('common:reason.role'),
            run: () => setAdding(true),
          }}
        />
      }
    >
      <ResourceTable
        name="images"
        label={t('images:title')}
        query={query}
        state={state}
        columns={columnsOf(t, mayWrite, actionsOf)}
        rowKey="id"
        narrow={(items) => <ImageList images={items} mayWrite={mayWrite} actionsOf={actionsOf} />}
        expandable={{ expandedRowRender: (image) => <ImageFacts image={image} /> }}
        empty={
          <EmptyHint title={t('images:empty')} hint={t('images:emptyHint')}>
            {mayWrite && (
              <Button type="primary" onClick={() => setAdding(true)}>
                {t('images:add')}
              </Button>
            )}
          </EmptyHint>
        }
        toolbar={
          <ListToolbar filtered={state.filtered} onClear={state.clear}>
            <SearchBox value={state.filters.search} onSearch={(text) => state.setFilter('search', text)} />
            <FilterSelect
              all={t('images:filter.kind')}
              value={kind}
              options={imageKinds.map((value) => ({ value, label: t(`common:imageKind.${value}`) }))}
              onChange={(value) => state.setFilter('kind', value)}
            />
            <FilterSelect
              all={t('images:filter.state')}
              value={chosenState}
              options={imageStates.map((value) => ({ value, label: term('image.state', value) }))}
              onChange={(value) => state.setFilter('state', value)}
            />
          </ListToolbar>
        }
      />
      {dialogs}
      {params.has('add') && mayWrite && (
        <Suspense>
          <AddImage onClose={() => setAdding(false)} />
        </Suspense>
      )}
    </Page>
  );
}
