/** Names and values side by side; one column on narrow screens. */
import { Descriptions } from 'antd';
import type { ReactNode } from 'react';

export function Facts({ items }: { items: readonly { key: string; label: string; value: ReactNode }[] }) {
  return (
    <Descriptions
      column={{ xs: 1, sm: 1, md: 2, xl: 3 }}
      size="small"
      items={items.map(({ key, label, value }) => ({ key, label, children: value }))}
    />
  );
}
