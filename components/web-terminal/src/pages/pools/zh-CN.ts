const words = {
  title: '计算资源池',
  create: '创建资源池',
  empty: '还没有计算资源池',
  column: {
    name: '名称',
    nodes: '节点数',
    instances: '云主机数',
    cores: '处理器',
    memory: '内存',
    disk: '磁盘',
    createdAt: '创建时间',
    actions: '操作',
  },
  facts: '基本信息',
  capacity: '资源容量',
  nodes: '池内节点',
  noNodes: '池内还没有节点',
  noNodesHint: '在计算节点页面，可将节点移入此资源池。',
  instances: '{{count}} 台',
  storageMode: { label: '存储模式', local: '本地存储' },
  networkMode: { label: '网络模式', private: '私有网络' },
  cpuOvercommit: '处理器超分比',
  diskOvercommit: '磁盘超分比',
  ratio: '{{value}} 倍',
  form: {
    createTitle: '创建计算资源池',
    editTitle: '编辑计算资源池',
    cpuHint: '每个物理核最多可分配的虚拟核数。',
    diskHint: '磁盘按需占用，可分配的总容量为物理容量的倍数。',
    created: '已创建资源池“{{name}}”',
    saved: '已保存',
  },
  delete: {
    title: '删除资源池“{{name}}”？',
    detail: '资源池删除后无法恢复。',
    done: '已删除资源池“{{name}}”',
    hasInstances: '池内还有 {{count}} 台云主机',
    hasNodes: '池内还有 {{count}} 个节点',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    pools: typeof words;
  }
}
