/** Chooses the columns of a list; remembered by this browser. */
import { SettingOutlined } from '@ant-design/icons';
import { Button, Checkbox, Flex, Popover, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { preferences } from '../../app/preferences.ts';
import { type Column, shownKeys, useChosenColumns } from './columns.ts';

interface ColumnPickerProps<Item> {
  list: string;
  columns: readonly Column<Item>[];
}

export function ColumnPicker<Item>({ list, columns }: ColumnPickerProps<Item>) {
  const { t } = useTranslation();
  const chosen = useChosenColumns(list);
  const shown = shownKeys(columns, chosen);
  const remember = (keys: readonly string[] | undefined) => {
    const { [list]: _, ...others } = preferences.get().columns;
    preferences.set({ columns: keys ? { ...others, [list]: keys } : others });
  };
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('list.columns')}
      content={
        <Flex vertical gap="small" role="group" aria-label={t('list.columns')}>
          {columns
            .filter(({ always }) => !always)
            .map(({ key, title }) => (
              <Checkbox
                key={key}
                checked={shown.includes(key)}
                onChange={({ target }) =>
                  remember(target.checked ? [...shown, key] : shown.filter((each) => each !== key))
                }
              >
                {typeof title === 'string' ? title : key}
              </Checkbox>
            ))}
          <Button size="small" disabled={!chosen} onClick={() => remember(undefined)}>
            {t('list.columnsReset')}
          </Button>
        </Flex>
      }
    >
      <Tooltip title={t('list.columns')}>
        <Button icon={<SettingOutlined />} aria-label={t('list.columns')} aria-haspopup="dialog" />
      </Tooltip>
    </Popover>
  );
}
