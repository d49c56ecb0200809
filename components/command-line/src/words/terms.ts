/** Words of the platform's own values (states, kinds, roles) for people who read Chinese. In English they are shown as the API says them. */
import { operationTerm, type TermSet, termOf } from '@zhiyun/contracts';
import { language } from './language.ts';

/** As short as a column of a table wants them. */
const imageKinds: Readonly<Record<string, string>> = { iso: 'ISO', disk: '磁盘' };

const inChinese = (value: string, word: (value: string) => string) => (language() === 'zh' ? word(value) : value);

/** What is not known here (a newer platform's value) is shown as it came. */
export const term = (set: TermSet, value: string): string => inChinese(value, () => termOf(set, value, 'zh'));
export const operationName = (kind: string): string => inChinese(kind, () => operationTerm(kind, 'zh'));
export const imageKindName = (kind: string): string => inChinese(kind, () => imageKinds[kind] ?? kind);

const stateCauses: Readonly<Record<string, string>> = {
  operation: '操作',
  report: '节点上报',
  node: '节点失联或恢复',
  'older-release': '旧版本',
};
export const stateCauseName = (cause: string): string => inChinese(cause, () => stateCauses[cause] ?? cause);
