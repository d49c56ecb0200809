import { ClusterOutlined } from '@ant-design/icons';
import type { PageMenu } from '../../app/pages/page-menu.ts';
import { paths } from '../../app/paths.ts';

export default {
  path: paths.nodes,
  order: 50,
  label: { 'zh-CN': '计算节点', 'en-US': 'Nodes' },
  icon: ClusterOutlined,
} satisfies PageMenu;
