/** The state of an image; while it is uploaded, how far that is. */
import type { Image } from '@zhiyun/contracts';
import { Flex, Typography } from 'antd';
import { displayFault } from '../../api/errors.ts';
import { ImageStateBadge } from '../../components/state-badge.tsx';
import { UploadCell } from './upload-cell.tsx';

export function ImageState({ image, mayWrite }: { image: Image; mayWrite: boolean }) {
  if (image.state === 'uploading') return <UploadCell image={image} mayWrite={mayWrite} />;
  return (
    <Flex vertical>
      <ImageStateBadge state={image.state} />
      {image.error && (
        <Typography.Text type="danger" style={{ fontSize: 12 }}>
          {displayFault(image.error).title}
        </Typography.Text>
      )}
    </Flex>
  );
}
