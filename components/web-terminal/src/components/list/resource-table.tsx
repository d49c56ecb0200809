/** A page of a list: table, empty and error states, and the way to the next page. Costs the same with ten rows as with 100,000. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { Page } from '@zhiyun/contracts';
import { Button, Card, Empty, Flex, Grid, Table, type TableProps, Typography, theme } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorResult } from '../error-result.tsx';
import type { ListState } from './list-state.ts';

export interface ResourceTableProps<Item extends object, Key extends string> {
  /** Name of the table for screen readers. */
  label: string;
  query: UseQueryResult<Page<Item>>;
  state: ListState<Key>;
  columns: NonNullable<TableProps<Item>['columns']>;
  rowKey: keyof Item & string;
  /** Shown when there is nothing at all, as opposed to nothing that fits. */
  empty: ReactNode;
  toolbar?: ReactNode;
  /** Shown instead of the table where there is no room for one. */
  narrow?: (items: readonly Item[]) => ReactNode;
  rowSelection?: TableProps<Item>['rowSelection'];
  expandable?: TableProps<Item>['expandable'];
  onChange?: TableProps<Item>['onChange'];
}

function NothingFound({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('list.nothingFound')}>
      <Typography.Paragraph type="secondary">{t('list.nothingFoundHint')}</Typography.Paragraph>
      <Button onClick={onClear}>{t('action.clearFilters')}</Button>
    </Empty>
  );
}

export function ResourceTable<Item extends object, Key extends string>(props: ResourceTableProps<Item, Key>) {
  const { label, query, state, columns, rowKey, empty, toolbar, narrow, rowSelection, expandable, onChange } = props;
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const isNarrow = !(Grid.useBreakpoint().md ?? true);
  const items = query.data?.items ?? [];
  const nextCursor = query.data?.nextCursor ?? null;
  const failed = query.error && !query.data;
  const optional = {
    ...(rowSelection ? { rowSelection } : {}),
    ...(expandable ? { expandable } : {}),
    ...(onChange ? { onChange } : {}),
  };
  return (
    <Card variant="borderless" styles={{ body: { padding: token.padding } }}>
      <Flex vertical gap={token.margin}>
        {toolbar}
        {failed ? (
          <ErrorResult error={query.error} onRetry={() => void query.refetch()} />
        ) : narrow && isNarrow && items.length > 0 ? (
          narrow(items)
        ) : (
          <Table<Item>
            aria-label={label}
            size="middle"
            rowKey={rowKey}
            columns={columns}
            dataSource={items}
            pagination={false}
            loading={query.isPending || query.isPlaceholderData}
            scroll={{ x: 'max-content' }}
            showSorterTooltip={false}
            locale={{
              emptyText: query.isPending ? ' ' : state.filtered ? <NothingFound onClear={state.clear} /> : empty,
            }}
            {...optional}
          />
        )}
        {(nextCursor !== null || state.previous) && (
          <Flex component="nav" aria-label={t('list.pages')} justify="end" align="center" gap="small">
            <Typography.Text type="secondary">{t('list.showing', { count: items.length })}</Typography.Text>
            <Button disabled={!state.previous} onClick={() => state.previous?.()}>
              {t('action.previousPage')}
            </Button>
            <Button
              disabled={nextCursor === null || query.isPlaceholderData}
              onClick={() => nextCursor !== null && state.next(nextCursor)}
            >
              {t('action.nextPage')}
            </Button>
          </Flex>
        )}
      </Flex>
    </Card>
  );
}
