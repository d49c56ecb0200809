import { DashboardOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.overview,
  order: 10,
  label: { 'zh-CN': '总览', 'en-US': 'Overview' },
  icon: DashboardOutlined,
} satisfies PageMenu;
