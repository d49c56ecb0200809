/** What the instance boots from: a disk image, an ISO, or nothing. */
import { formatBytes, type Image } from '@zhiyun/contracts';
import { Form, type FormInstance, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '../../app/paths.ts';
import type { CreateValues, Source } from './create-form.ts';

interface SourceFieldsProps {
  form: FormInstance<CreateValues>;
  images: readonly Image[] | undefined;
  onImage: (id: string) => void;
}

export function SourceFields({ form, images, onImage }: SourceFieldsProps) {
  const { t } = useTranslation('instances');
  const source = Form.useWatch('source', form) ?? 'disk';
  const fitting = (images ?? []).filter(({ kind }) => kind === source);
  const words: Record<Source, { label: string; hint: string }> = {
    disk: { label: t('form.sourceDisk'), hint: t('form.sourceDiskHint') },
    iso: { label: t('form.sourceIso'), hint: t('form.sourceIsoHint') },
    blank: { label: t('form.sourceBlank'), hint: t('form.sourceBlankHint') },
  };
  return (
    <>
      <Form.Item name="source" label={t('form.source')} extra={words[source].hint}>
        <Segmented<Source>
          block
          options={(['disk', 'iso', 'blank'] as const).map((value) => ({ value, label: words[value].label }))}
          onChange={(next) => {
            const first = (images ?? []).find(({ kind }) => kind === next);
            form.resetFields(['image']);
            if (!first) return;
            form.setFieldValue('image', first.id);
            onImage(first.id);
          }}
        />
      </Form.Item>
      {source !== 'blank' && (
        <Form.Item
          name="image"
          label={source === 'iso' ? t('form.iso') : t('form.image')}
          rules={[{ required: true, message: t('form.imageMissing') }]}
          extra={
            images && fitting.length === 0 ? (
              <>
                {t('form.noImages')} <Link to={paths.imageAdd}>{t('form.goUpload')}</Link>
              </>
            ) : undefined
          }
        >
          <Select
            loading={!images}
            placeholder={t('form.imagePlaceholder')}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={onImage}
            options={fitting.map(({ id, name, virtualSizeBytes, sizeBytes }) => ({
              value: id,
              label: `${name} · ${formatBytes(virtualSizeBytes ?? sizeBytes)}`,
            }))}
          />
        </Form.Item>
      )}
    </>
  );
}
