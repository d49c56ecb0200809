/** The main menu: a slim column on wide screens, a drawer on narrow ones. */
import {
  ApartmentOutlined,
  AppstoreOutlined,
  ClusterOutlined,
  DashboardOutlined,
  DesktopOutlined,
  HddOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  NotificationOutlined,
  ScheduleOutlined,
} from '@ant-design/icons';
import { Button, Drawer, Flex, Layout, Menu, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { Logo } from '../../components/logo.tsx';
import { paths } from '../paths.ts';

const entries = [
  { key: 'overview', path: paths.overview, icon: <DashboardOutlined /> },
  { key: 'instances', path: paths.instances, icon: <DesktopOutlined /> },
  { key: 'images', path: paths.images, icon: <HddOutlined /> },
  { key: 'pools', path: paths.pools, icon: <AppstoreOutlined /> },
  { key: 'nodes', path: paths.nodes, icon: <ClusterOutlined /> },
  { key: 'domain', path: paths.domain, icon: <ApartmentOutlined /> },
  { key: 'operations', path: paths.operations, icon: <ScheduleOutlined /> },
  { key: 'events', path: paths.events, icon: <NotificationOutlined /> },
] as const;

/** `/instances/x/serial` belongs to the entry `instances`. */
function entryOf(pathname: string): string {
  const first = `/${pathname.split('/')[1] ?? ''}`;
  return entries.find(({ path }) => path === first)?.key ?? '';
}

function Entries({ collapsed = false }: { collapsed?: boolean }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('menu.label')}>
      <Menu
        mode="inline"
        inlineCollapsed={collapsed}
        selectedKeys={[entryOf(pathname)]}
        style={{ borderInlineEnd: 0 }}
        items={entries.map(({ key, path, icon }) => ({
          key,
          icon,
          label: <Link to={path}>{t(`menu.${key}`)}</Link>,
          title: t(`menu.${key}`),
        }))}
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
