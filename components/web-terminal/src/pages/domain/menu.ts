import { ApartmentOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.domain,
  order: 60,
  label: { 'zh-CN': '域', 'en-US': 'Domain' },
  icon: ApartmentOutlined,
} satisfies PageMenu;
