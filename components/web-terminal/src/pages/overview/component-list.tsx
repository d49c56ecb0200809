import type { System } from '@zhiyun/contracts';
import { Badge, type BadgeProps, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../components/section-card.tsx';

type Component = System['components'][number];
const status: Record<Component['state'], NonNullable<BadgeProps['status']>> = {
  online: 'success',
  suspect: 'warning',
  gone: 'error',
};

export function ComponentList({ components }: { components: readonly Component[] }) {
  const { t } = useTranslation('overview');
  return (
    <SectionCard title={t('components')}>
      <Flex
        vertical
        component="ul"
        gap={6}
        style={{ listStyle: 'none', margin: 0, padding: 0, maxHeight: 168, overflowY: 'auto' }}
      >
        {components.map(({ id, type, name, state }) => (
          <Flex key={`${type} ${id}`} component="li" justify="space-between" gap="small">
            <Badge status={status[state]} text={t(`componentType.${type}`)} />
            <Typography.Text type="secondary" ellipsis>
              {name} · {t(`componentState.${state}`)}
            </Typography.Text>
          </Flex>
        ))}
      </Flex>
    </SectionCard>
  );
}
