/** A page of a list: table, empty and error states, and the way to the next page. Costs the same with ten rows as with 100,000. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { Page } from '@zhiyun/contracts';
import { Button, Card, Empty, Flex, Grid, Table, type TableProps, Typography, theme } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorResult } from '../error-result.tsx';
import { ColumnPicker } from './column-picker.tsx';
import { type Column, chosenColumns, useChosenColumns } from './columns.ts';
import type { ListState } from './list-state.ts';
import { Pager } from './pager.tsx';

export interface ResourceTableProps<Item extends object, Key extends string> {
  /** Name of the table for screen readers. */
  label: string;
  /** Under which the chosen columns are remembered. */
  name: string;
  /** How many fit on all pages, when the platform counts them. */
  total?: number | undefined;
  query: UseQueryResult<Page<Item>>;
  state: ListState<Key>;
  columns: readonly Column<Item>[];
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
  const {
    label,
    name,
    total,
    query,
    state,
    columns,
    rowKey,
    empty,
    toolbar,
    narrow,
    rowSelection,
    expandable,
    onChange,
  } = props;
  const { token } = theme.useToken();
  const chosen = useChosenColumns(name);
  const isNarrow = !(Grid.useBreakpoint().md ?? true);
  const items = query.data?.items ?? [];
  const failed = query.error && !query.data;
  const optional = {
    ...(rowSelection ? { rowSelection } : {}),
    // No kind nests its rows; otherwise the table would take the counts of an operation's children for rows.
    expandable: { childrenColumnName: 'nestedRows', ...expandable },
    ...(onChange ? { onChange } : {}),
  };
  return (
    <Card variant="borderless" styles={{ body: { padding: token.padding } }}>
      <Flex vertical gap={token.margin}>
        <Flex gap="small" align="start" justify="space-between">
          <div style={{ flex: 1, minWidth: 0 }}>{toolbar}</div>
          {!(narrow && isNarrow) && <ColumnPicker list={name} columns={columns} />}
        </Flex>
        {failed ? (
          <ErrorResult error={query.error} onRetry={() => void query.refetch()} />
        ) : narrow && isNarrow && items.length > 0 ? (
          narrow(items)
        ) : (
          <Table<Item>
            aria-label={label}
            size="middle"
            rowKey={rowKey}
            columns={chosenColumns(columns, chosen)}
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
        <Pager state={state} page={query.data} total={total} waiting={query.isPlaceholderData} />
      </Flex>
    </Card>
  );
}
