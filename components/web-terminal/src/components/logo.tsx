import { Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';

export function Logo({ withName, size = 28 }: { withName: boolean; size?: number }) {
  const { t } = useTranslation();
  return (
    <Flex align="center" gap={10}>
      <img src="/favicon.svg" width={size} height={size} alt={withName ? '' : t('product')} />
      {withName && (
        <Typography.Text strong style={{ fontSize: size * 0.6, whiteSpace: 'nowrap' }}>
          {t('product')}
        </Typography.Text>
      )}
    </Flex>
  );
}
