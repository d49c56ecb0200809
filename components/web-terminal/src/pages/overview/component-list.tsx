/** The components of the domain, by type: how many of each are online. */
import type { System } from '@zhiyun/contracts';
import { Badge, Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { SectionCard } from '../../components/section-card.tsx';

type TypeCounts = System['components'][number];

export function healthOf({ counts: { online, suspect, gone } }: Pick<TypeCounts, 'counts'>) {
  const status = suspect + gone === 0 ? 'success' : online > 0 ? 'warning' : 'error';
  return { status, online, all: online + suspect + gone } as const;
}

export function ComponentList({ components }: { components: readonly TypeCounts[] }) {
  const { t } = useTranslation(['overview', 'common']);
  const { token } = theme.useToken();
  return (
    <SectionCard title={t('overview:components')} to={paths.domain}>
      <Flex vertical component="ul" gap={6} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {components.map(({ type, counts }) => {
          const { status, online, all } = healthOf({ counts });
          return (
            <Flex key={type} component="li" justify="space-between" gap="small">
              <Link to={paths.componentsOfType(type)} style={{ color: token.colorText }}>
                <Badge status={status} text={t(`common:componentType.${type}`)} />
              </Link>
              <Typography.Text type="secondary">{t('overview:componentsOnline', { online, all })}</Typography.Text>
            </Flex>
          );
        })}
      </Flex>
    </SectionCard>
  );
}
