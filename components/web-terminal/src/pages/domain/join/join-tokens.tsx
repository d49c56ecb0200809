/** The join tokens that still let somebody in. Their secrets are nowhere to be had again. */

import { DeleteOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import type { JoinTokenInfo } from '@zhiyun/contracts';
import { App, Card, Flex, Table, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client.ts';
import { ActionButton } from '../../../components/actions/action-button.tsx';
import { ErrorResult } from '../../../components/error-result.tsx';
import { EmptyHint } from '../../../components/list/empty-hint.tsx';
import { RelativeTime } from '../../../components/time.tsx';
import { useNotice } from '../../../components/use-notice.tsx';
import { joinTokenQueries } from '../queries.ts';

export default function JoinTokens() {
  const { t } = useTranslation(['domain', 'common']);
  const { modal } = App.useApp();
  const notice = useNotice();
  const { data, error, isPending, refetch } = useQuery(joinTokenQueries.list());

  async function revoke(id: string): Promise<void> {
    try {
      await api.revokeJoinToken({ params: { id } });
      notice.done(t('domain:tokens.revoked'));
    } catch (failure) {
      notice.failed(failure);
    }
    await refetch();
  }

  if (error && !data) return <ErrorResult error={error} onRetry={() => void refetch()} />;
  return (
    <Card variant="borderless">
      <Table<JoinTokenInfo>
        aria-label={t('domain:tokens.title')}
        size="middle"
        rowKey="id"
        loading={isPending}
        dataSource={data?.items ?? []}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: <EmptyHint title={t('domain:tokens.empty')} hint={t('domain:tokens.emptyHint')} /> }}
        columns={[
          {
            key: 'roles',
            title: t('domain:tokens.roles'),
            render: (_, { roles }) => (
              <Flex gap={4} wrap>
                {roles.map((role) => (
                  <Tag key={role}>{t(`common:componentType.${role}`)}</Tag>
                ))}
              </Flex>
            ),
          },
          {
            key: 'uses',
            title: t('domain:tokens.uses'),
            render: (_, { usesLeft }) => usesLeft ?? t('domain:unlimited'),
          },
          {
            key: 'expires',
            title: t('domain:tokens.expires'),
            render: (_, each) => <RelativeTime at={each.expiresAt} ahead />,
          },
          {
            key: 'created',
            title: t('common:field.createdAt'),
            responsive: ['md'],
            render: (_, { createdAt, createdBy }) => (
              <>
                <RelativeTime at={createdAt} />{' '}
                <Typography.Text type="secondary">{createdBy ?? t('domain:tokens.byCommand')}</Typography.Text>
              </>
            ),
          },
          {
            key: 'actions',
            title: t('domain:column.actions'),
            width: 96,
            render: (_, { id }) => (
              <ActionButton
                type="text"
                size="small"
                action={{
                  key: 'revoke',
                  label: t('domain:tokens.revoke'),
                  icon: <DeleteOutlined />,
                  danger: true,
                  reason: undefined,
                  run: () =>
                    void modal.confirm({
                      title: t('domain:tokens.revokeTitle'),
                      content: t('domain:tokens.revokeDetail'),
                      okText: t('domain:tokens.revoke'),
                      okButtonProps: { danger: true },
                      onOk: () => revoke(id),
                    }),
                }}
              />
            ),
          },
        ]}
      />
    </Card>
  );
}
