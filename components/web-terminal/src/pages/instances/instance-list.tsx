/** Instances one below the other, where there is no room for a table. */
import { formatBytes, type Instance } from '@zhiyun/contracts';
import { Flex, Typography, theme } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import { StateWithReason } from './state-with-reason.tsx';

interface InstanceListProps {
  instances: readonly Instance[];
  actions: (instance: Instance) => ReactNode;
}

export function InstanceList({ instances, actions }: InstanceListProps) {
  const { t } = useTranslation('instances');
  const { token } = theme.useToken();
  return (
    <Flex vertical component="ul" gap={token.margin} style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {instances.map((instance) => (
        <Flex key={instance.id} component="li" justify="space-between" align="center" gap="small">
          <Flex vertical style={{ minWidth: 0 }}>
            <Link to={paths.instance(instance.id)} style={{ fontWeight: 500, overflowWrap: 'anywhere' }}>
              {instance.name}
            </Link>
            <Typography.Text type="secondary">
              {t('size', { cores: instance.cores, memory: formatBytes(instance.memoryBytes) })}
              {instance.address && ` · ${instance.address}`}
            </Typography.Text>
            <StateWithReason instance={instance} />
          </Flex>
          {actions(instance)}
        </Flex>
      ))}
    </Flex>
  );
}
