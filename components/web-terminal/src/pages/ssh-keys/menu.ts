import { KeyOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';

export default {
  path: '/ssh-keys',
  order: 35,
  label: { 'zh-CN': 'SSH 密钥', 'en-US': 'SSH keys' },
  icon: KeyOutlined,
} satisfies PageMenu;
