/** Common sizes at one click; shows «custom» when the fields hold anything else. */
import { GiB } from '@zhiyun/contracts';
import { Form, type FormInstance, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { type CreateValues, presets } from './create-form.ts';

export function PresetPicker({ form }: { form: FormInstance<CreateValues> }) {
  const { t } = useTranslation('instances');
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
          label: t('size', { cores: preset.cores, memory: `${preset.memoryBytes / GiB} G` }),
        })),
        { value: -1, label: t('form.presetCustom') },
      ]}
      onChange={(index) => {
        const preset = presets[index];
        if (preset) form.setFieldsValue(preset);
      }}
    />
  );
}
