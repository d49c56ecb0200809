import { DesktopOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.instances,
  order: 20,
  label: { 'zh-CN': '云主机', 'en-US': 'Instances' },
  icon: DesktopOutlined,
} satisfies PageMenu;
