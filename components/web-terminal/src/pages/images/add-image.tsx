/** Adds an image: by uploading a file, or from a path on the server. */

import { InboxOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { createImageSchema, formatBytes, importImageSchema } from '@zhiyun/contracts';
import { Form, Input, Segmented, Typography, theme, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { useMay } from '../../api/session.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { FormDrawer } from '../../components/form/form-drawer.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { type ImageValues, imageFieldOf, kindOfFile, nameOfFile, toCreateImage, toImportImage } from './image-form.ts';
import { StorageServerSelect } from './storage-server-select.tsx';
import { uploads } from './uploads.ts';

type FormValues = ImageValues & { file?: string };

export default function AddImage({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['images', 'common']);
  const { token } = theme.useToken();
  const client = useQueryClient();
  const notice = useNotice();
  const mayImport = useMay('image:import');
  const [file, setFile] = useState<File>();

  async function send(values: FormValues): Promise<void> {
    if (values.way === 'import') {
      const operation = await api.importImage({ body: checkBody(importImageSchema, toImportImage(values)) });
      operationStarted(client, operation);
      notice.done(t('images:form.importing', { name: values.name }));
      return;
    }
    if (!file) throw new Error(t('images:form.fileMissing'));
    const image = await api.createImage({ body: checkBody(createImageSchema, toCreateImage(values, file.size)) });
    await refetch(client, 'image');
    await uploads.send(image, file, () => {
      notice.done(t('images:upload.done', { name: image.name }));
      void refetch(client, 'image');
    });
  }

  const add = useSubmitForm<FormValues, void>({ fieldOf: imageFieldOf, draft: 'image', send, onDone: onClose });
  const { form } = add;
  const way = Form.useWatch('way', form) ?? 'upload';
  const [named, setNamed] = useState(Boolean(add.kept?.name));

  /** The kind is the file's, always; the name is, until somebody types one. */
  function follow(fileName: string): void {
    form.setFieldValue('kind', kindOfFile(fileName));
    if (!named) form.setFieldValue('name', nameOfFile(fileName));
  }

  const required = { required: true, message: fieldMessage('is required') };
  const optional = t('common:field.optional');
  return (
    <FormDrawer
      of={add}
      title={t('images:form.title')}
      submitLabel={t(way === 'import' ? 'images:form.submitImport' : 'images:form.submitUpload')}
      initialValues={{ way: 'upload', kind: 'iso' }}
      onClose={onClose}
    >
      <Form.Item name="way" label={t('images:form.way')} hidden={!mayImport}>
        <Segmented
          block
          options={[
            { value: 'upload', label: t('images:form.upload') },
            { value: 'import', label: t('images:form.import') },
          ]}
        />
      </Form.Item>
      {way === 'upload' ? (
        <Form.Item
          name="file"
          label={t('images:form.file')}
          rules={[
            {
              validator: () => (file ? Promise.resolve() : Promise.reject(new Error(t('images:form.fileMissing')))),
            },
          ]}
          valuePropName="data-file"
          getValueFromEvent={() => file?.name}
        >
          <Upload.Dragger
            accept=".iso,.qcow2,.raw,.img"
            maxCount={1}
            showUploadList={false}
            beforeUpload={(chosen: File) => {
              setFile(chosen);
              follow(chosen.name);
              form.setFields([{ name: 'file', errors: [] }]);
              return false;
            }}
          >
            <p style={{ fontSize: 32, margin: 0, color: token.colorPrimary }}>
              <InboxOutlined aria-hidden />
            </p>
            {file ? (
              <Typography.Text strong style={{ overflowWrap: 'anywhere' }}>
                {file.name} · {formatBytes(file.size)}
              </Typography.Text>
            ) : (
              <Typography.Text>{t('images:form.drop')}</Typography.Text>
            )}
            <Typography.Paragraph type="secondary" style={{ margin: 0, fontSize: token.fontSizeSM }}>
              {t('images:form.dropHint')}
            </Typography.Paragraph>
          </Upload.Dragger>
        </Form.Item>
      ) : (
        <>
          <Form.Item name="path" label={t('images:form.path')} extra={t('images:form.pathHint')} rules={[required]}>
            <Input
              placeholder="/srv/images/debian-13.iso"
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => follow(target.value)}
            />
          </Form.Item>
          <Form.Item name="storageServer" label={t('images:form.storageServer') + optional}>
            <StorageServerSelect allowClear placeholder={t('images:form.storageServerHint')} />
          </Form.Item>
        </>
      )}
      <Form.Item name="name" label={t('images:form.name')} rules={[required]}>
        <Input
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setNamed(target.value !== '')}
        />
      </Form.Item>
      <Form.Item name="kind" label={t('images:form.kind')}>
        <Segmented
          block
          options={[
            { value: 'iso', label: t('common:imageKind.iso') },
            { value: 'disk', label: t('common:imageKind.disk') },
          ]}
        />
      </Form.Item>
      <Form.Item name="description" label={t('images:form.description') + optional}>
        <Input.TextArea maxLength={500} rows={2} />
      </Form.Item>
      <Form.Item name="sha256" label={t('images:form.sha256') + optional} extra={t('images:form.sha256Hint')}>
        <Input autoComplete="off" spellCheck={false} maxLength={64} />
      </Form.Item>
    </FormDrawer>
  );
}
