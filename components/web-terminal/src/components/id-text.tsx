import { Typography } from 'antd';

/** An id: copied more often than read. */
export function IdText({ id }: { id: string }) {
  return (
    <Typography.Text code copyable style={{ overflowWrap: 'anywhere' }}>
      {id}
    </Typography.Text>
  );
}
