import { Empty, Flex, Typography } from 'antd';
import type { ReactNode } from 'react';

/** Nothing here yet, and what to do about it. */
export function EmptyHint({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={title}>
      {hint && <Typography.Paragraph type="secondary">{hint}</Typography.Paragraph>}
      {children && (
        <Flex gap="small" justify="center" wrap>
          {children}
        </Flex>
      )}
    </Empty>
  );
}
