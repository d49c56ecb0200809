import { HddOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.images,
  order: 30,
  label: { 'zh-CN': '镜像', 'en-US': 'Images' },
  icon: HddOutlined,
} satisfies PageMenu;
