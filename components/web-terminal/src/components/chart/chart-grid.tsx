import { theme } from 'antd';
import type { ReactNode } from 'react';

/** As many charts side by side as fit. */
export function ChartGrid({ children }: { children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <div
      style={{
        display: 'grid',
        gap: token.margin,
        gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 320px), 1fr))',
      }}
    >
      {children}
    </div>
  );
}
