/** The state of an image; while it is uploaded or an operation works on it, how far that is. */
import { useQuery } from '@tanstack/react-query';
import type { Image, OperationId } from '@zhiyun/contracts';
import { Flex, Typography } from 'antd';
import { displayFault } from '../../api/errors.ts';
import { OperationProgress } from '../../components/operation-progress.tsx';
import { ImageStateBadge } from '../../components/state-badge.tsx';
import { operationQueries } from '../operations/queries.ts';
import { UploadCell } from './upload-cell.tsx';

function Working({ id }: { id: OperationId }) {
  const { data: operation } = useQuery(operationQueries.detail(id));
  return operation && <OperationProgress operation={operation} />;
}

export function ImageState({ image, mayWrite }: { image: Image; mayWrite: boolean }) {
  if (image.state === 'uploading') return <UploadCell image={image} mayWrite={mayWrite} />;
  return (
    <Flex vertical>
      <ImageStateBadge state={image.state} />
      {image.operation !== null && <Working id={image.operation} />}
      {image.error && (
        <Typography.Text type="danger" style={{ fontSize: 12 }}>
          {displayFault(image.error).title}
        </Typography.Text>
      )}
    </Flex>
  );
}
