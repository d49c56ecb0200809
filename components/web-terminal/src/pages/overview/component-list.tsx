/** The platform's processes, by type: how many of each are online. */
import type { System } from '@zhiyun/contracts';
import { Badge, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../components/section-card.tsx';

type Component = System['components'][number];

interface TypeSummary {
  type: Component['type'];
  online: number;
  /** Those that are not online, by name. */
  missing: string[];
}

export function summarise(components: readonly Component[]): TypeSummary[] {
  return [...Map.groupBy(components, ({ type }) => type)].map(([type, each]) => ({
    type,
    online: each.filter(({ state }) => state === 'online').length,
    missing: each.filter(({ state }) => state !== 'online').map(({ name }) => name),
  }));
}

export function ComponentList({ components }: { components: readonly Component[] }) {
  const { t } = useTranslation('overview');
  return (
    <SectionCard title={t('components')}>
      <Flex vertical component="ul" gap={6} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {summarise(components).map(({ type, online, missing }) => (
          <Flex key={type} component="li" justify="space-between" gap="small">
            <Badge
              status={missing.length === 0 ? 'success' : online > 0 ? 'warning' : 'error'}
              text={t(`componentType.${type}`)}
            />
            <Typography.Text type="secondary" ellipsis>
              {t(missing.length > 0 ? 'componentsMissing' : 'componentsOnline', {
                names: missing.join(', '),
                online,
                all: online + missing.length,
              })}
            </Typography.Text>
          </Flex>
        ))}
      </Flex>
    </SectionCard>
  );
}
