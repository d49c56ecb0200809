/** Common sizes at one click; shows «custom» when the fields hold anything else. */
import { formatBytes } from '@zhiyun/contracts';
import { Flex, Form, type FormInstance, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { type CreateValues, presets } from './create-form.ts';

export function PresetPicker({ form }: { form: FormInstance<CreateValues> }) {
  const { t } = useTranslation('instances');
  const { t: common } = useTranslation();
  const cores = Form.useWatch('cores', form);
  const memoryBytes = Form.useWatch('memoryBytes', form);
  const current = presets.findIndex((preset) => preset.cores === cores && preset.memoryBytes === memoryBytes);
  return (
    <Segmented<number>
      block
      aria-label={t('form.preset')}
      value={current}
      options={[
        ...presets.map((preset, index) => ({
          value: index,
          label: (
            <Flex vertical style={{ lineHeight: 1.4, paddingBlock: 4 }}>
              <span>{common('unit.cores', { count: preset.cores })}</span>
              <span>{formatBytes(preset.memoryBytes)}</span>
            </Flex>
          ),
        })),
        {
          value: -1,
          label: (
            <Flex justify="center" style={{ lineHeight: 2.8, paddingBlock: 4 }}>
              {t('form.presetCustom')}
            </Flex>
          ),
        },
      ]}
      onChange={(index) => {
        const preset = presets[index];
        if (preset) form.setFieldsValue(preset);
      }}
    />
  );
}
