/** One short form for a new instance; everything has a sensible default. */

import { ReloadOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createInstanceSchema, defaultInstance } from '@zhiyun/contracts';
import { Button, Drawer, Flex, Form, Grid, Input, InputNumber, Space, Switch, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.ts';
import { fieldMessage } from '../../api/errors.ts';
import { imageQueries, poolQueries } from '../../api/queries.ts';
import { operationStarted } from '../../api/started-operations.ts';
import { BytesInput } from '../../components/form/bytes-input.tsx';
import { checkBody, useFormProblem } from '../../components/form/form-problem.ts';
import { ProblemAlert } from '../../components/form/problem-alert.tsx';
import { useNotice } from '../../components/use-notice.tsx';
import { CreateDefaults } from './create-defaults.tsx';
import {
  type CreateValues,
  coresBounds,
  createFieldOf,
  diskBytesFor,
  suggestName,
  toCreateInstance,
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
  const { t } = useTranslation(['instances', 'common', 'errors']);
  const [form] = Form.useForm<CreateValues>();
  const problem = useFormProblem(form, createFieldOf);
  const client = useQueryClient();
  const notice = useNotice();
  const narrow = !(Grid.useBreakpoint().sm ?? true);
  const { data: images } = useQuery(imageQueries.ready());
  const { data: pools } = useQuery(poolQueries.all());
  const [initial] = useState<CreateValues>(() => ({
    name: suggestName(undefined),
    source: 'disk',
    ...defaultInstance,
    start: true,
  }));
  // The name follows the image until somebody types one.
  const [named, setNamed] = useState(false);

  function imageChosen(id: string): void {
    const found = images?.items.find((each) => each.id === id);
    if (!named) form.setFieldValue('name', suggestName(found));
    form.setFieldValue('diskBytes', diskBytesFor(found?.kind === 'disk' ? found : undefined));
  }

  const create = useMutation({
    mutationFn: async (values: CreateValues) =>
      api.createInstance({
        body: checkBody(createInstanceSchema, toCreateInstance(values)),
        idempotencyKey: crypto.randomUUID(),
      }),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess: (operation) => {
      operationStarted(client, operation);
      notice.done(t('instances:form.submitted', { name: operation.target.name }));
      onClose();
    },
  });
  const required = [{ required: true, message: fieldMessage('is required') }];
  return (
    <Drawer
      open
      title={t('instances:form.title')}
      size={narrow ? '100%' : 520}
      onClose={onClose}
      afterOpenChange={(open) => open && form.getFieldInstance('name')?.focus({ cursor: 'all' })}
      footer={
        <Flex justify="end" gap="small">
          <Button onClick={onClose}>{t('common:action.cancel')}</Button>
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('instances:form.submit')}
          </Button>
        </Flex>
      }
    >
      <Form<CreateValues>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={initial}
        onFinish={(values) => create.mutate(values)}
        scrollToFirstError
      >
        <CreateDefaults form={form} pools={pools?.items} images={images?.items} image={image} />
        <ProblemAlert problem={problem.problem} />
        <Form.Item label={t('instances:form.name')} htmlFor="create-name" required>
          <Space.Compact block>
            <Form.Item name="name" noStyle rules={required}>
              <Input
                id="create-name"
                maxLength={63}
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
        <SourceFields form={form} images={images?.items} onImage={imageChosen} />
        <Form.Item label={t('instances:form.preset')}>
          <PresetPicker form={form} />
        </Form.Item>
        <Flex gap="middle">
          <Form.Item name="cores" label={t('instances:form.cores')} rules={required} style={{ flex: 1 }}>
            <InputNumber {...coresBounds} precision={0} suffix={t('common:unit.coreUnit')} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="memoryBytes" label={t('instances:form.memory')} rules={required} style={{ flex: 1 }}>
            <BytesInput label={t('instances:form.memory')} />
          </Form.Item>
        </Flex>
        <Form.Item
          name="diskBytes"
          label={t('instances:form.disk')}
          rules={required}
          extra={t('instances:form.diskHint')}
        >
          <BytesInput label={t('instances:form.disk')} />
        </Form.Item>
        <Form.Item name="computePool" label={t('instances:form.pool')} rules={required}>
          <PoolSelect pools={pools?.items} />
        </Form.Item>
        <Flex gap="small" align="center">
          <Form.Item name="start" valuePropName="checked" noStyle>
            <Switch id="create-start" />
          </Form.Item>
          <label htmlFor="create-start">{t('instances:form.start')}</label>
        </Flex>
      </Form>
    </Drawer>
  );
}
