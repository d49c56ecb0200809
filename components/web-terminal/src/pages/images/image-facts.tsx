/** The rest of what is known about an image, under its row. */
import type { Image } from '@zhiyun/contracts';
import { Alert, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayFault } from '../../api/errors.ts';
import { Facts } from '../../components/facts.tsx';
import { IdText } from '../../components/id-text.tsx';
import { ExactTime } from '../../components/time.tsx';

export function ImageFacts({ image }: { image: Image }) {
  const { t } = useTranslation(['images', 'common']);
  const none = t('common:field.none');
  const shown = image.error ? displayFault(image.error) : undefined;
  return (
    <Flex vertical gap="middle">
      {shown && (
        <Alert type="error" showIcon title={`${t('images:detail.error')}: ${shown.title}`} description={shown.detail} />
      )}
      <Facts
        items={[
          { key: 'description', label: t('common:field.description'), value: image.description || none },
          {
            key: 'storageServer',
            label: t('images:detail.storageServer'),
            value: image.storageServer ? image.storageServer.name || <IdText id={image.storageServer.id} /> : none,
          },
          {
            key: 'sha256',
            label: t('images:detail.sha256'),
            value: image.sha256 ? (
              <Typography.Text code copyable style={{ overflowWrap: 'anywhere' }}>
                {image.sha256}
              </Typography.Text>
            ) : (
              none
            ),
          },
          {
            key: 'id',
            label: t('common:field.id'),
            value: <IdText id={image.id} />,
          },
          { key: 'created', label: t('common:field.createdAt'), value: <ExactTime at={image.createdAt} /> },
        ]}
      />
    </Flex>
  );
}
