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
  children: {
    title: '子操作',
    parent: '所属操作',
    counts:
      '共 {{total}} 项：成功 {{succeeded}}，失败 {{failed}}，进行中 {{running}}，等待 {{waiting}}，已取消 {{cancelled}}，需人工处理 {{stuck}}',
    more: '以及另外 {{rest}} 项',
    retry: '重试',
    retryAll: '重试未成功的项',
    retried: '已重新开始',
  },
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    operations: typeof words;
  }
}
