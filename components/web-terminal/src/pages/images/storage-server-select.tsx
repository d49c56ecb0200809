/** Chooses a Storage Server; beside one that cannot be chosen stands why. */

import { useQuery } from '@tanstack/react-query';
import type { Image } from '@zhiyun/contracts';
import { Flex, Select, type SelectProps, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { term } from '../../util/term.ts';
import { componentQueries } from '../domain/queries.ts';

interface StorageServerSelectProps extends Pick<SelectProps<string>, 'id' | 'value' | 'onChange' | 'placeholder'> {
  /** It has the image already. */
  present?: Image['storageServer'];
  allowClear?: boolean;
}

const mostServers = 200;

export function useStorageServers() {
  return useQuery(componentQueries.first(mostServers, 'storage-server'));
}

export function StorageServerSelect({ present, allowClear = false, ...rest }: StorageServerSelectProps) {
  const { t } = useTranslation(['images', 'common']);
  const { data } = useStorageServers();
  const options = (data?.items ?? []).map(({ id, name, state }) => {
    const gone = state === 'gone' ? term('component.state', 'gone') : undefined;
    const reason = id === present?.id ? t('images:move.present') : gone;
    return { value: id, label: name || id, disabled: reason !== undefined, reason };
  });
  return (
    <Select
      {...rest}
      allowClear={allowClear}
      loading={!data}
      showSearch={{ optionFilterProp: 'label' }}
      options={options}
      optionRender={({ data: { label, reason } }) => (
        <Flex justify="space-between" gap="middle">
          <span>{label}</span>
          {reason && <Typography.Text type="secondary">{reason}</Typography.Text>}
        </Flex>
      )}
    />
  );
}
