/** The main menu: a slim column on wide screens, a drawer on narrow ones. */
import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Button, Drawer, Flex, Layout, Menu, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { Logo } from '../../components/logo.tsx';
import type { Language } from '../i18n.ts';
import { menuEntries } from '../pages/menu-entries.ts';

/** `/instances/x/serial` belongs to the entry of `/instances`. */
function entryOf(pathname: string): string {
  const first = `/${pathname.split('/')[1] ?? ''}`;
  return menuEntries.find(({ path }) => path === first)?.path ?? '';
}

function Entries({ collapsed = false }: { collapsed?: boolean }) {
  const { t, i18n } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('menu.label')}>
      <Menu
        mode="inline"
        inlineCollapsed={collapsed}
        selectedKeys={[entryOf(pathname)]}
        style={{ borderInlineEnd: 0 }}
        items={menuEntries.map(({ path, icon: Icon, label }) => {
          const words = label[i18n.language as Language];
          return { key: path, icon: <Icon />, label: <Link to={path}>{words}</Link>, title: words };
        })}
      />
    </nav>
  );
}

export function SideMenu({ collapsed, onCollapse }: { collapsed: boolean; onCollapse: (collapsed: boolean) => void }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  return (
    <Layout.Sider
      width={208}
      collapsedWidth={64}
      collapsed={collapsed}
      style={{
        position: 'sticky',
        insetBlockStart: 0,
        height: '100vh',
        borderInlineEnd: `1px solid ${token.colorBorderSecondary}`,
      }}
    >
      <Flex vertical style={{ height: '100%' }}>
        <Flex align="center" justify={collapsed ? 'center' : 'start'} style={{ height: 56, paddingInline: 20 }}>
          <Logo withName={!collapsed} />
        </Flex>
        <div style={{ flex: 1, overflowY: 'auto' }}>
          <Entries collapsed={collapsed} />
        </div>
        <Flex justify={collapsed ? 'center' : 'end'} style={{ padding: token.paddingXS }}>
          <Button
            type="text"
            icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            aria-label={t(collapsed ? 'menu.expand' : 'menu.collapse')}
            onClick={() => onCollapse(!collapsed)}
          />
        </Flex>
      </Flex>
    </Layout.Sider>
  );
}

export function NarrowMenu({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Drawer
      placement="left"
      size={256}
      open={open}
      onClose={onClose}
      title={<Logo withName />}
      styles={{ body: { padding: 8 } }}
    >
      <Entries />
    </Drawer>
  );
}
