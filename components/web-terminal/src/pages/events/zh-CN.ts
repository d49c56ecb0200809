const words = {
  title: '事件',
  empty: '还没有事件',
  emptyHint: '平台上发生的变化会按时间显示在这里。',
  column: { time: '时间', severity: '级别', what: '事件', subject: '对象', actor: '用户' },
  filter: { severity: '全部级别', subjectKind: '全部对象' },
  severity: { info: '信息', warning: '警告', error: '错误' },
  platform: '平台',
  live: '实时更新中',
};

export default words;

declare module '../../locales/catalogue.ts' {
  interface PageCatalogues {
    events: typeof words;
  }
}
