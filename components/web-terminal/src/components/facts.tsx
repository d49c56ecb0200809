/** Names and values side by side; one column on narrow screens. */
import { Descriptions } from 'antd';
import type { ReactNode } from 'react';

interface FactsProps {
  items: readonly { key: string; label: string; value: ReactNode }[];
  /** One column however wide the window is. */
  narrow?: boolean;
}

export function Facts({ items, narrow = false }: FactsProps) {
  return (
    <Descriptions
      column={narrow ? 1 : { xs: 1, sm: 1, md: 2, xl: 3 }}
      size="small"
      items={items.map(({ key, label, value }) => ({ key, label, children: value }))}
    />
  );
}
