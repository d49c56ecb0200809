/** The columns that a kind declares, as columns of a list. The first is the name: it cannot be hidden. */
import { formatBytes, type KindColumn, type KindDefinition } from '@zhiyun/contracts';
import { Typography } from 'antd';
import type { ReactNode } from 'react';
import { reader } from '../../api/errors.ts';
import { RelativeTime } from '../time.tsx';
import type { Column } from './columns.ts';

function shown(value: unknown, as: KindColumn['as']): ReactNode {
  if (value === null || value === undefined || value === '') return '—';
  if (as === 'time') return <RelativeTime at={String(value)} />;
  if (as === 'bytes') return formatBytes(Number(value));
  if (as === 'code') return <Typography.Text code>{String(value)}</Typography.Text>;
  return String(value);
}

export function kindColumns<Item extends object>({ columns = [] }: Pick<KindDefinition, 'columns'>): Column<Item>[] {
  return columns.map((column, index) => ({
    key: column.field,
    always: index === 0,
    title: column[reader()],
    render: (_, item) => shown((item as Record<string, unknown>)[column.field], column.as),
  }));
}
