/** Images one below the other, where there is no room for a table. */
import { formatBytes, type Image } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ActionItem } from '../../components/actions/action-item.ts';
import { ActionMenu } from '../../components/actions/action-menu.tsx';
import { ImageState } from './image-state.tsx';

interface ImageListProps {
  images: readonly Image[];
  mayWrite: boolean;
  actionsOf: (image: Image) => ActionItem[];
}

export function ImageList({ images, mayWrite, actionsOf }: ImageListProps) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  return (
    <Flex vertical component="ul" gap={token.margin} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {images.map((image) => (
        <Flex key={image.id} component="li" justify="space-between" gap="small">
          <Flex vertical flex={1} style={{ minWidth: 0 }}>
            <Typography.Text strong ellipsis>
              {image.name}
            </Typography.Text>
            <Typography.Text type="secondary">
              {t(`imageKind.${image.kind}`)} · {formatBytes(image.sizeBytes)}
            </Typography.Text>
            <ImageState image={image} mayWrite={mayWrite} />
          </Flex>
          <ActionMenu label={t('action.rowMore', { name: image.name })} actions={actionsOf(image)} />
        </Flex>
      ))}
    </Flex>
  );
}
