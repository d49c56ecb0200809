const words = {
  title: '计算节点',
  empty: '还没有计算节点',
  emptyHint: '在服务器上启动平台后，节点会自动加入并显示在这里。',
  column: {
    name: '名称',
    state: '状态',
    pool: '资源池',
    cpu: '处理器负载',
    memory: '内存占用',
    instances: '云主机数',
    schedulable: '接受调度',
    address: '地址',
    actions: '操作',
  },
  filter: { pool: '全部资源池' },
  noPool: '未分配',
  schedulable: {
    on: '接受新云主机',
    off: '暂停调度',
    switch: '节点 {{name}} 接受调度',
    hint: '关闭后，现有云主机继续运行，但不再分配新的云主机。',
    paused: '已暂停“{{name}}”的调度',
    resumed: '已恢复“{{name}}”的调度',
  },
  facts: '基本信息',
  capacity: '资源容量',
  offlineLoad: '节点不在线，暂无负载数据',
  instances: '{{count}} 台',
  hostname: '主机名',
  kernel: '内核',
  cpuModel: '处理器型号',
  cores: '物理核数',
  memory: '物理内存',
  disk: '物理磁盘',
  hypervisor: '虚拟化',
  accelerator: { kvm: '硬件加速（KVM）', tcg: '软件模拟（TCG），速度较慢', none: '无' },
  cgroup: '控制组',
  cgroupVersion: { v1: 'cgroup v1', v2: 'cgroup v2', none: '不可用' },
  reflink: '快速复制（reflink）',
  reflinkYes: '支持',
  reflinkNo: '不支持',
  network: {
    title: '云主机网络',
    good: '正常',
    faulty: '网络异常',
    since: '发现于',
  },
  joinedAt: '加入时间',
  form: {
    title: '编辑节点',
    pool: '计算资源池',
    poolHint: '有云主机的节点不能移到其他资源池。',
    saved: '已保存',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    nodes: typeof words;
  }
}
