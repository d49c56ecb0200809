import { AppstoreOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.pools,
  order: 40,
  label: { 'zh-CN': '计算资源池', 'en-US': 'Compute pools' },
  icon: AppstoreOutlined,
} satisfies PageMenu;
