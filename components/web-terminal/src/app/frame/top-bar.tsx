/** The top bar: what runs, language, appearance, user. */
import { MenuOutlined } from '@ant-design/icons';
import { Button, Flex, Layout, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Logo } from '../../components/logo.tsx';
import { LanguageSwitch, ThemeSwitch } from './preference-switches.tsx';
import { RunningOperations } from './running-operations.tsx';
import { UserMenu } from './user-menu.tsx';

export function TopBar({ wide, onOpenMenu }: { wide: boolean; onOpenMenu: () => void }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  return (
    <Layout.Header
      style={{
        position: 'sticky',
        insetBlockStart: 0,
        zIndex: 100,
        lineHeight: 'normal',
        borderBlockEnd: `1px solid ${token.colorBorderSecondary}`,
      }}
    >
      <Flex align="center" style={{ height: '100%' }}>
        {!wide && (
          <>
            <Button type="text" icon={<MenuOutlined />} aria-label={t('menu.open')} onClick={onOpenMenu} />
            <Logo withName size={26} />
          </>
        )}
        <Flex align="center" gap={4} style={{ marginInlineStart: 'auto' }}>
          <RunningOperations />
          <LanguageSwitch />
          <ThemeSwitch />
          <UserMenu wide={wide} />
        </Flex>
      </Flex>
    </Layout.Header>
  );
}
