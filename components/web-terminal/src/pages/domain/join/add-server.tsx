/** Adds a server: makes a join token for the chosen roles, shows the command to type there, and waits for who comes. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createJoinTokenSchema } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { AnswerOf } from '@zhiyun/contracts/rest';
import { Alert, Button, Checkbox, Flex, Form, InputNumber, Modal, Select, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { checkBody, useFormProblem } from '../../../components/form/form-problem.ts';
import { ProblemAlert } from '../../../components/form/problem-alert.tsx';
import { JoinCommand } from './join-command.tsx';

const offeredRoles = ['node-client', 'storage-server', 'control-server', 'data-server', 'http-gateway'] as const;
type OfferedRole = (typeof offeredRoles)[number];
const needDatabase: readonly ComponentType[] = ['control-server', 'data-server'];
const validities = { hour: 3_600, day: 24 * 3_600, week: 7 * 24 * 3_600 } as const;

interface Values {
  roles: OfferedRole[];
  expiresInSeconds: number;
  /** Each takes one use for each of its roles; null: any number. */
  servers: number | null;
}
const defaults: Values = { roles: ['node-client'], expiresInSeconds: validities.hour, servers: 1 };
const fieldOf = (path: string) =>
  path.startsWith('roles') ? 'roles' : path === 'uses' ? 'servers' : path === 'expiresInSeconds' ? path : undefined;

export default function AddServer({ onClose, onShow }: { onClose: () => void; onShow: (component: string) => void }) {
  const { t } = useTranslation(['domain', 'common', 'errors']);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, fieldOf);
  const client = useQueryClient();
  const [created, setCreated] = useState<AnswerOf<'createJoinToken'>>();
  const roles = Form.useWatch('roles', form) ?? defaults.roles;
  const create = useMutation({
    mutationFn: async ({ roles: chosen, expiresInSeconds, servers }: Values) => {
      const uses = servers === null ? null : servers * chosen.length;
      return api.createJoinToken({
        body: checkBody(createJoinTokenSchema, { roles: chosen, expiresInSeconds, uses }),
      });
    },
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess(token) {
      void client.invalidateQueries({ queryKey: ['join-tokens'] });
      setCreated(token);
    },
  });
  return (
    <Modal
      open
      width={600}
      title={t('domain:add.title')}
      onCancel={onClose}
      footer={
        created ? (
          <Button type="primary" onClick={onClose}>
            {t('domain:add.done')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common:action.cancel')}</Button>
            <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
              {t('domain:add.create')}
            </Button>
          </>
        )
      }
    >
      {created ? (
        <JoinCommand token={created} onShow={onShow} />
      ) : (
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={defaults}
          onFinish={(values) => create.mutate(values)}
        >
          <Typography.Paragraph type="secondary">{t('domain:add.intro')}</Typography.Paragraph>
          <ProblemAlert problem={problem.problem} />
          <Form.Item
            name="roles"
            label={t('domain:add.roles')}
            rules={[{ required: true, message: t('domain:add.rolesRequired') }]}
          >
            <Checkbox.Group style={{ width: '100%' }}>
              <Flex vertical gap="small">
                {offeredRoles.map((role) => (
                  <Checkbox key={role} value={role}>
                    <Typography.Text>{t(`common:componentType.${role}`)}</Typography.Text>{' '}
                    <Typography.Text type="secondary">{t(`domain:role.${role}`)}</Typography.Text>
                  </Checkbox>
                ))}
              </Flex>
            </Checkbox.Group>
          </Form.Item>
          {roles.some((role) => needDatabase.includes(role)) && (
            <Alert type="info" showIcon title={t('domain:add.database')} style={{ marginBlockEnd: 24 }} />
          )}
          <Flex gap="middle" wrap>
            <Form.Item name="expiresInSeconds" label={t('domain:add.validity')} style={{ flex: '1 1 180px' }}>
              <Select
                options={(['hour', 'day', 'week'] as const).map((length) => ({
                  value: validities[length],
                  label: t(`domain:validity.${length}`),
                }))}
              />
            </Form.Item>
            <Form.Item
              name="servers"
              label={t('domain:add.servers')}
              extra={t('domain:add.serversHint')}
              style={{ flex: '1 1 180px' }}
            >
              <InputNumber min={1} max={10_000} placeholder={t('domain:unlimited')} style={{ width: '100%' }} />
            </Form.Item>
          </Flex>
        </Form>
      )}
    </Modal>
  );
}
