/** One short form for a new instance; everything has a sensible default. */
import { ReloadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  createInstanceSchema,
  createInstancesSchema,
  defaultInstance,
  maxBatch,
  type Operation,
} from '@zhiyun/contracts';
import { Button, Flex, Form, Input, InputNumber, Space, Switch, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { within } from '../../components/form/bounds.ts';
import { BytesInput } from '../../components/form/bytes-input.tsx';
import { FormDrawer } from '../../components/form/form-drawer.tsx';
import { checkBody } from '../../components/form/form-problem.ts';
import { useSubmitForm } from '../../components/form/use-submit-form.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { imageQueries } from '../images/queries.ts';
import { poolQueries } from '../pools/queries.ts';
import { CreateDefaults } from './create-defaults.tsx';
import {
  type CreateValues,
  coresBounds,
  createFieldOf,
  diskBounds,
  diskBytesFor,
  memoryBounds,
  previewNames,
  suggestName,
  toCreateInstance,
  toCreateInstances,
} from './create-form.ts';
import { PoolSelect } from './pool-select.tsx';
import { PresetPicker } from './preset-picker.tsx';
import { SourceFields } from './source-fields.tsx';

export interface CreateInstanceProps {
  /** Chosen beforehand, e.g. from the list of images. */
  image: string | undefined;
  onClose: () => void;
}

export default function CreateInstance({ image, onClose }: CreateInstanceProps) {
  const { t } = useTranslation(['instances', 'common']);
  const client = useQueryClient();
  const notice = useNotice();
  const { data: images } = useQuery(imageQueries.ready());
  const { data: pools } = useQuery(poolQueries.all());
  const [initial] = useState<CreateValues>(() => ({
    name: suggestName(undefined),
    count: 1,
    source: 'disk',
    ...defaultInstance,
    start: true,
  }));
  const create = useSubmitForm<CreateValues, Operation>({
    fieldOf: createFieldOf,
    draft: 'instance',
    send: (values) =>
      (values.count ?? 1) > 1
        ? api.createInstances({
            body: checkBody(createInstancesSchema, toCreateInstances(values)),
            idempotencyKey: crypto.randomUUID(),
          })
        : api.createInstance({
            body: checkBody(createInstanceSchema, toCreateInstance(values)),
            idempotencyKey: crypto.randomUUID(),
          }),
    onDone(operation) {
      operationStarted(client, operation);
      notice.done(t('instances:form.submitted', { name: operation.target.name }));
      onClose();
    },
  });
  const { form } = create;
  // The name follows the image until somebody types one.
  const [named, setNamed] = useState(create.kept !== undefined);

  function imageChosen(id: string): void {
    const found = images?.items.find((each) => each.id === id);
    if (!named) form.setFieldValue('name', suggestName(found));
    form.setFieldValue('diskBytes', diskBytesFor(found?.kind === 'disk' ? found : undefined));
  }

  const [name = '', count = 1] = [Form.useWatch('name', form), Form.useWatch('count', form)];
  const preview = previewNames({ name, count });

  const required = { required: true, message: fieldMessage('is required') };
  return (
    <FormDrawer
      of={create}
      title={t('instances:form.title')}
      submitLabel={t('instances:form.submit')}
      initialValues={initial}
      onClose={onClose}
    >
      <CreateDefaults form={form} pools={pools?.items} images={images?.items} image={image} />
      <Form.Item label={t('instances:form.name')} htmlFor="create-name" required>
        <Space.Compact block>
          <Form.Item name="name" noStyle rules={[required]}>
            <Input
              id="create-name"
              maxLength={80}
              autoComplete="off"
              spellCheck={false}
              onChange={() => setNamed(true)}
            />
          </Form.Item>
          <Tooltip title={t('instances:form.again')}>
            <Button
              icon={<ReloadOutlined />}
              aria-label={t('instances:form.again')}
              onClick={() => {
                const now = images?.items.find(({ id }) => id === form.getFieldValue('image'));
                form.setFieldValue('name', suggestName(now));
              }}
            />
          </Tooltip>
        </Space.Compact>
      </Form.Item>
      <Form.Item
        name="count"
        label={t('instances:form.count')}
        rules={[required, within({ min: 1, max: maxBatch })]}
        extra={preview && t('instances:form.preview', { names: preview })}
      >
        <InputNumber precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <SourceFields form={form} images={images?.items} onImage={imageChosen} />
      <Form.Item label={t('instances:form.preset')}>
        <PresetPicker form={form} />
      </Form.Item>
      <Flex gap="middle">
        <Form.Item
          name="cores"
          label={t('instances:form.cores')}
          rules={[required, within(coresBounds)]}
          style={{ flex: 1 }}
        >
          <InputNumber precision={0} suffix={t('common:unit.coreUnit')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="memoryBytes"
          label={t('instances:form.memory')}
          rules={[required, within(memoryBounds)]}
          style={{ flex: 1 }}
        >
          <BytesInput label={t('instances:form.memory')} />
        </Form.Item>
      </Flex>
      <Form.Item
        name="diskBytes"
        label={t('instances:form.disk')}
        rules={[required, within(diskBounds)]}
        extra={t('instances:form.diskHint')}
      >
        <BytesInput label={t('instances:form.disk')} />
      </Form.Item>
      <Form.Item name="computePool" label={t('instances:form.pool')} rules={[required]}>
        <PoolSelect pools={pools?.items} />
      </Form.Item>
      <Flex gap="small" align="center">
        <Form.Item name="start" valuePropName="checked" noStyle>
          <Switch id="create-start" />
        </Form.Item>
        <label htmlFor="create-start">{t('instances:form.start')}</label>
      </Flex>
    </FormDrawer>
  );
}
