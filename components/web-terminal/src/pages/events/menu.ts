import { NotificationOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.events,
  order: 80,
  label: { 'zh-CN': '事件', 'en-US': 'Events' },
  icon: NotificationOutlined,
} satisfies PageMenu;
