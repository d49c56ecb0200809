const words = {
  title: '操作',
  empty: '还没有操作记录',
  emptyHint: '创建、启动云主机等操作的进度会显示在这里。',
  column: {
    kind: '操作类型',
    target: '对象',
    state: '状态',
    createdBy: '发起人',
    createdAt: '开始时间',
    duration: '耗时',
    actions: '操作',
  },
  filter: { state: '全部状态', kind: '全部操作', active: '仅看进行中' },
  bySystem: '平台',
  steps: '执行步骤',
  noSteps: '还没有步骤',
  facts: '基本信息',
  error: '失败原因',
  cancel: '取消操作',
  cancelTitle: '取消“{{kind}}”？',
  cancelDetail: '平台会停止执行，并撤销已完成的步骤。',
  cancelRequested: '已请求取消',
  notCancellable: '此操作已不能取消',
  retry: '重试撤销',
  retryDetail: '部分步骤未能撤销，请先排除故障，再重试撤销。',
  retried: '已重新开始撤销',
  stepState: {
    waiting: '等待',
    running: '进行中',
    done: '完成',
    failed: '失败',
    undoing: '撤销中',
    undone: '已撤销',
    'undo-failed': '撤销失败',
  },
  step: {
    prepare: '准备磁盘和网络',
    start: '启动',
    'shut-down': '通知系统关机',
    kill: '强制关机',
    reboot: '重启',
    reset: '硬重置',
    remove: '清理磁盘和网络',
    settle: '确认结果',
    forget: '注销',
    check: '检查镜像文件',
    import: '复制并检查文件',
    'take-in': '登记检查结果',
    'remove-bytes': '删除镜像文件',
    hold: '停止接收新任务',
    drain: '排空',
    'cut-off': '切断连接并吊销身份',
    copy: '复制镜像',
    switch: '改用新的副本',
    'remove-old': '删除旧的副本',
    'forget-copies': '清理节点上的副本',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    operations: typeof words;
  }
}
