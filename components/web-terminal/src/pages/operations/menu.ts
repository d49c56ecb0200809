import { ScheduleOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.operations,
  order: 70,
  label: { 'zh-CN': '操作', 'en-US': 'Operations' },
  icon: ScheduleOutlined,
} satisfies PageMenu;
