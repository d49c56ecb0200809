import { CheckOutlined, KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown, Flex, Typography } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signOut, useUser } from '../../api/session.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { lazyChunk } from '../../util/load-chunk.ts';
import { term } from '../../util/term.ts';
import { preferences, usePreferences } from '../preferences.ts';

const ChangePasswordDialog = lazyChunk(() => import('../../pages/session/change-password-dialog.tsx'));

export function UserMenu({ wide }: { wide: boolean }) {
  const { t } = useTranslation();
  const user = useUser();
  const client = useQueryClient();
  const notice = useNotice();
  const chosen = usePreferences();
  const [changing, setChanging] = useState(false);
  return (
    <>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: [
            {
              key: 'who',
              type: 'group',
              label: (
                <Flex vertical>
                  <Typography.Text strong>{user.username}</Typography.Text>
                  <Typography.Text type="secondary">{term('user.role', user.role)}</Typography.Text>
                </Flex>
              ),
            },
            { type: 'divider' },
            {
              key: 'password',
              icon: <KeyOutlined />,
              label: t('user.changePassword'),
              onClick: () => setChanging(true),
            },
            { type: 'divider' },
            ...(['askBeforeStop', 'exactTimes'] as const).map((key) => ({
              key,
              icon: <CheckOutlined style={{ visibility: chosen[key] ? 'visible' : 'hidden' }} />,
              label: t(`user.${key}`),
              role: 'menuitemcheckbox',
              'aria-checked': chosen[key],
              onClick: () => preferences.set({ [key]: !chosen[key] }),
            })),
            { type: 'divider' },
            {
              key: 'sign-out',
              icon: <LogoutOutlined />,
              label: t('user.signOut'),
              onClick: () => void signOut(client).catch(notice.failed),
            },
          ],
        }}
      >
        <Button
          type="text"
          icon={<UserOutlined />}
          aria-label={t('user.menu', { name: user.username })}
          aria-haspopup="menu"
        >
          {wide ? user.username : null}
        </Button>
      </Dropdown>
      {changing && (
        <Suspense>
          <ChangePasswordDialog onClose={() => setChanging(false)} />
        </Suspense>
      )}
    </>
  );
}
