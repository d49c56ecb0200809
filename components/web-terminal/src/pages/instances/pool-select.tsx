/** Chooses a pool by name and by what it can still hold. */
import { type ComputePool, formatBytes } from '@zhiyun/contracts';
import { Select, type SelectProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../util/format.ts';

interface PoolSelectProps extends Pick<SelectProps<string>, 'id' | 'value' | 'onChange'> {
  pools: readonly ComputePool[] | undefined;
}

const free = ({ total, promised }: { total: number; promised: number }) => Math.max(0, total - promised);

export function PoolSelect({ pools, ...rest }: PoolSelectProps) {
  const { t, i18n } = useTranslation('instances');
  return (
    <Select
      {...rest}
      loading={!pools}
      showSearch={{ optionFilterProp: 'label' }}
      options={(pools ?? []).map(({ id, name, capacity }) => ({
        value: id,
        label: t('form.poolSummary', {
          name,
          cores: formatNumber(free(capacity.cores), i18n.language),
          memory: formatBytes(free(capacity.memoryBytes)),
        }),
      }))}
    />
  );
}
