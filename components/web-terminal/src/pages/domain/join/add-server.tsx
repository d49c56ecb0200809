/** Adds a server: makes a join token for the chosen roles, shows the command to type there, and waits for who comes. */

import { useQueryClient } from '@tanstack/react-query';
import { createJoinTokenSchema } from '@zhiyun/contracts';
import type { ComponentType } from '@zhiyun/contracts/links';
import type { AnswerOf } from '@zhiyun/contracts/rest';
import { Alert, Button, Checkbox, Flex, Form, InputNumber, Select, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { refetch } from '../../../api/query-parts.ts';
import { within } from '../../../components/form/bounds.ts';
import { FormModal } from '../../../components/form/form-modal.tsx';
import { checkBody } from '../../../components/form/form-problem.ts';
import { useSubmitForm } from '../../../components/form/use-submit-form.ts';
import { JoinCommand } from './join-command.tsx';

const offeredRoles = ['node-client', 'storage-server', 'control-server', 'data-server', 'http-gateway'] as const;
type CreatedToken = AnswerOf<'createJoinToken'>;
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
  const client = useQueryClient();
  const [created, setCreated] = useState<CreatedToken>();
  const create = useSubmitForm<Values, CreatedToken>({
    fieldOf,
    async send({ roles: chosen, expiresInSeconds, servers }) {
      const uses = servers === null ? null : servers * chosen.length;
      return api.createJoinToken({
        body: checkBody(createJoinTokenSchema, { roles: chosen, expiresInSeconds, uses }),
      });
    },
    onDone(token) {
      void refetch(client, 'join-token');
      setCreated(token);
    },
  });
  const roles = Form.useWatch('roles', create.form) ?? defaults.roles;
  return (
    <FormModal
      of={create}
      width={600}
      title={t('domain:add.title')}
      submitLabel={t('domain:add.create')}
      initialValues={defaults}
      onClose={onClose}
      sent={
        created && {
          content: <JoinCommand token={created} onShow={onShow} />,
          footer: (
            <Button type="primary" onClick={onClose}>
              {t('domain:add.done')}
            </Button>
          ),
        }
      }
    >
      <Typography.Paragraph type="secondary">{t('domain:add.intro')}</Typography.Paragraph>
      <Form.Item
        name="roles"
        label={t('domain:add.roles')}
        // Not `required`: a group of boxes may not say so (aria-required).
        rules={[{ type: 'array', min: 1, message: t('domain:add.rolesRequired') }]}
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
          rules={[within({ min: 1, max: 10_000 })]}
          style={{ flex: '1 1 180px' }}
        >
          <InputNumber precision={0} placeholder={t('domain:unlimited')} style={{ width: '100%' }} />
        </Form.Item>
      </Flex>
    </FormModal>
  );
}
