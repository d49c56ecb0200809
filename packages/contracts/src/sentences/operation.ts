/** Sentences about operations (操作) and the links they go over (链接). */
import { defineSentences } from './sentence.ts';

export const operationSentences = defineSentences({
  'operation.unknown': {
    en: 'There is no operation «{reference}»; operations are named by their id.',
    zh: '没有操作“{reference}”；操作须用 ID 指明。',
  },
  'operation.cancelled': { en: 'The operation was cancelled on request.', zh: '操作已按要求取消。' },
  'operation.ended': { en: 'Operation {id} has already ended ({state}).', zh: '操作 {id} 已经结束（{state}）。' },
  'operation.too-far': {
    en: 'Operation {id} has gone too far to be cancelled.',
    zh: '操作 {id} 已进行到无法取消的阶段。',
  },
  'operation.undoing': {
    en: 'Operation {id} is already being taken back ({state}).',
    zh: '操作 {id} 已在撤销中（{state}）。',
  },
  'operation.not-stuck': {
    en: 'Operation {id} is {state}; only a stuck one can be retried.',
    zh: '操作 {id} 的状态为 {state}；只有卡住的操作才能重试。',
  },
  'operation.nothing-to-retry': {
    en: 'Operation {id} is {state}, and nothing of it can be retried.',
    zh: '操作 {id} 的状态为 {state}，没有可以重试的部分。',
  },
  'operation.retried-already': {
    en: 'Operation {id} was retried already; look at the newest try.',
    zh: '操作 {id} 已经重试过，请查看最近一次。',
  },
  'operation.children-failed': {
    en: '{failed} of {total} did not succeed: {reasons}',
    zh: '共 {total} 项，其中 {failed} 项未成功：{reasons}',
  },
  'operation.more-failed': { en: 'and {count} more', zh: '以及另外 {count} 项' },
  'operation.child-failed': { en: '{name}: {why}', zh: '{name}：{why}' },
  'operation.cannot-begin': {
    en: 'This control server cannot begin operations right now; try again.',
    zh: '该主控节点暂时无法开始新的操作，请重试。',
  },
  'operation.cannot-run': {
    en: 'This control server cannot run operations right now; try again.',
    zh: '该主控节点暂时无法执行操作，请重试。',
  },
  'operation.key-reused': {
    en: 'The Idempotency-Key "{key}" was used for another request (operation {id}). Use a new key for a new request.',
    zh: 'Idempotency-Key“{key}”已用于另一个请求（操作 {id}），新的请求请使用新的 Key。',
  },
  'operation.busy-before': {
    en: '{kind} {name} was busy a moment ago; try again.',
    zh: '{kind} {name} 刚才正忙，请重试。',
  },
  'operation.held-by-stuck': {
    en: '{kind} {name} is held by operation {id} ({doing}), which is stuck; look at its error, then retry it.',
    zh: '{kind} {name} 被卡住的操作 {id}（{doing}）占用；请先查看其错误，再重试该操作。',
  },
  'operation.busy': {
    en: '{kind} {name} is being {doing} by operation {id}; wait until that has ended.',
    zh: '操作 {id} 正在{doing}{kind} {name}，请等待其结束。',
  },
  'doing.create': { en: 'created', zh: '创建' },
  'doing.start': { en: 'started', zh: '启动' },
  'doing.stop': { en: 'stopped', zh: '关闭' },
  'doing.kill': { en: 'killed', zh: '强制关闭' },
  'doing.reboot': { en: 'rebooted', zh: '重启' },
  'doing.reset': { en: 'reset', zh: '强制重启' },
  'doing.delete': { en: 'deleted', zh: '删除' },
  'doing.remove': { en: 'removed', zh: '移除' },
  'doing.move': { en: 'moved', zh: '移动' },
  'doing.check': { en: 'checked', zh: '校验' },
  'doing.import': { en: 'imported', zh: '导入' },
  'doing.other': { en: 'worked on', zh: '处理' },
  'link.lost': { en: 'The link to {peer} was lost.', zh: '与 {peer} 的链接已断开。' },
  'link.work-cut': { en: 'The answer ended before it said how the work went.', zh: '应答在说明工作结果之前中断。' },
  'link.late': {
    en: '{peer} did not answer {what} within {seconds} s.',
    zh: '{peer} 未在 {seconds} 秒内响应 {what}。',
  },
  'link.not-connected': { en: '{peer} is not connected ({state}).', zh: '{peer} 未连接（{state}）。' },
});
