/** Sentences about what another release of the platform has written or says (版本). */
import { defineSentences } from './sentence.ts';

export const versionSentences = defineSentences({
  'version.newer': {
    en: 'This {what} is of version {found} and was written by a newer release; this one reads versions up to {known}. It is left as it is: run the newer release here.',
    zh: '此{what}的版本为 {found}，由更新的版本写入；当前版本最高只能读取版本 {known}。内容保持原样：请在此运行更新的版本。',
  },
  'version.newer-file': {
    en: '{path}: this {what} is of version {found} and was written by a newer release; this one reads versions up to {known}. It is left as it is: run the newer release here.',
    zh: '{path}：此{what}的版本为 {found}，由更新的版本写入；当前版本最高只能读取版本 {known}。内容保持原样：请在此运行更新的版本。',
  },
  'version.unknown-operation': {
    en: 'Operation {id} ({kind}) was begun by a newer release, and this Control Server does not know how it goes on. Bring this server to the newest release, or ask one that has it.',
    zh: '操作 {id}（{kind}）由更新的版本发起，当前主控节点无法继续执行。请将此服务器升级到最新版本，或在已升级的服务器上重试。',
  },
  'version.unreadable-operation': {
    en: 'What was written down for this operation cannot be read by this release: {why}. Nothing more is done; the log of the Control Server says more.',
    zh: '当前版本无法读取此操作的记录：{why}。操作已停止，详见主控节点日志。',
  },
  'version.database': {
    en: 'The database is of release {release} (migration {number}, {name}), and release {own} on this server does not understand it any more. Bring this server to release {release} or later (git pull, then ./zhiyun up); its instances go on meanwhile.',
    zh: '数据库属于版本 {release}（迁移 {number}，{name}），本服务器上的版本 {own} 已无法使用它。请将本服务器升级到 {release} 或更高版本（git pull，然后 ./zhiyun up）；期间云主机继续运行。',
  },
  'version.protocol': {
    en: '{peer} speaks version {theirs} of the link protocol, this component speaks {ours}. Bring both to the same release.',
    zh: '{peer}使用的链路协议版本为 {theirs}，本组件支持 {ours}。请将两端升级到同一版本。',
  },
  'version.caller': { en: 'The caller', zh: '对端' },
  'version.joiner': { en: 'The component that wants to join', zh: '申请加入的组件' },
  'version.ledger-entry': { en: 'ledger entry', zh: '云主机台账记录' },
  'version.host-record': { en: 'host record', zh: '主机记录' },
  'version.database-address': { en: 'database address', zh: '数据库地址' },
  'version.identity': { en: 'identity', zh: '组件身份' },
  'version.membership': { en: 'membership', zh: '域成员记录' },
  'version.own-address': { en: 'own address', zh: '组件地址' },
  'version.data-servers': { en: 'list of Data Servers', zh: '域服务器列表' },
  'version.image-record': { en: 'image record', zh: '镜像记录' },
  'version.lock': { en: 'lock', zh: '锁' },
  'version.configuration': { en: 'configuration', zh: '配置' },
  'version.operation': { en: 'operation {kind}', zh: '操作 {kind}' },
});
