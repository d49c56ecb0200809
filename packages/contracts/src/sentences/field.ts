/**
 * What may be wrong with one field. In English they continue the field's name («cores must be at least 1»). The schemas hold the English
 * words; `recognizeField` finds the sentence again, so that a rule is written down once.
 */
import { kindSentences } from './kinds.ts';
import { defineSentences, type Sentence, type Words } from './sentence.ts';

export const fieldSentences = defineSentences({
  'field.required': { en: 'is required', zh: '此项必填' },
  'field.name-rule': {
    en: 'must be a name with one place for the number, as in web-{n} or web-{n:03}',
    zh: '须为带有一个编号位置的名称，例如 web-{n} 或 web-{n:03}',
  },
  'field.name-rule-numberless': {
    en: 'must hold {n} when there are several: otherwise all would have one name',
    zh: '创建多台时须包含 {n}，否则名称会相同',
  },
  'field.names-given': { en: 'must be left out where the names are given', zh: '已列出名称，不能再填此项' },
  'field.same-as': { en: 'is the same as {other}', zh: '与 {other} 相同' },
  'field.unknown': { en: 'is not a known field', zh: '是未知的字段' },
  'field.invalid': { en: 'is not valid', zh: '无效' },
  'field.empty': { en: 'must not be empty', zh: '不能为空' },
  'field.max-characters': { en: 'must have at most {value} characters', zh: '最多 {value} 个字符' },
  'field.min-characters': { en: 'must have at least {value} characters', zh: '至少 {value} 个字符' },
  'field.max-disks': { en: 'must hold at most {value} disks', zh: '最多 {value} 块磁盘' },
  'field.max-entries': { en: 'must hold at most {value} entries', zh: '最多 {value} 项' },
  'field.min-entries': { en: 'must hold at least {value} entries', zh: '至少 {value} 项' },
  'field.name-shape': {
    en: 'must start with a letter or digit and hold only letters, digits, ".", "_" and "-"',
    zh: '须以字母、数字或汉字开头，只能包含字母、数字、汉字、“.”、“_”和“-”',
  },
  'field.id-shaped': { en: 'must not look like an id', zh: '不能与 ID 的格式相同' },
  'field.id': { en: 'is not a valid {kind} id (a UUID)', zh: '不是有效的 ID（UUID）：{kind}' },
  'field.username-shape': {
    en: 'must be 2 to 32 characters: lower-case letters, digits, ".", "_", "-", starting with a letter',
    zh: '须为 2 至 32 个字符：以小写字母开头，只含小写字母、数字、“.”、“_”和“-”',
  },
  'field.whole-bytes': { en: 'must be a whole number of bytes', zh: '须为整数字节' },
  'field.whole-seconds': { en: 'must be a whole number of seconds', zh: '须为整数秒' },
  'field.whole-number-least': { en: 'must be a whole number, at least {value}', zh: '须为不小于 {value} 的整数' },
  'field.whole-number': { en: 'must be a whole number', zh: '须为整数' },
  'field.number': { en: 'must be a number', zh: '须为数字' },
  'field.string': { en: 'must be a string', zh: '须为文字' },
  'field.boolean': { en: 'must be true or false', zh: '须为 true 或 false' },
  'field.list': { en: 'must be a list', zh: '须为列表' },
  'field.object': { en: 'must be an object', zh: '须为对象' },
  'field.more-than-zero': { en: 'must be more than 0', zh: '须大于 0' },
  'field.at-least': { en: 'must be at least {value}', zh: '不能小于 {value}' },
  'field.at-most-days': { en: 'must be at most {value} days', zh: '最多 {value} 天' },
  'field.at-most': { en: 'must be at most {value}', zh: '不能大于 {value}' },
  'field.multiple-of-bytes': {
    en: 'must be a multiple of {value} ({bytes})',
    zh: '须为 {value}（{bytes} 字节）的整数倍',
  },
  'field.multiple-of': { en: 'must be a multiple of {value}', zh: '须为 {value} 的整数倍' },
  'field.one-of': { en: 'must be one of {values}', zh: '须为其中之一：{values}' },
  'field.least-roles': { en: 'must name at least one role', zh: '至少选择一个角色' },
  'field.absolute-path': { en: 'must be an absolute path', zh: '须为绝对路径，以“/”开头' },
  'field.sha256': { en: 'must be 64 lower-case hexadecimal digits', zh: '须为 64 位小写十六进制数' },
  'field.reference': { en: 'must be an id or a name', zh: '须为 ID 或名称' },
  'field.characters': { en: 'must not hold a NUL or half a character', zh: '不能包含空字符或残缺的字符' },
  'field.printable': {
    en: 'must be 1 to {value} printable ASCII characters',
    zh: '须为 1 至 {value} 个可打印的 ASCII 字符',
  },
  'field.cursor': {
    en: 'is not a cursor of this list and order; start again without it',
    zh: '不是此列表和排序的翻页标记，请从第一页重新开始',
  },
  'field.in-use': { en: 'is in use', zh: '名称已被使用' },
  'field.in-use-in-pool': { en: 'is in use in this pool', zh: '此资源池中已有同名云主机' },
  'field.names-in-use-in-pool': {
    en: 'gives names that are in use in this pool: {names}',
    zh: '以下名称在此资源池中已被使用：{names}',
  },
  'field.names-nothing': { en: 'names no {kind}', zh: '没有这样的{kind}' },
  'field.must-name': { en: 'must name a {kind}', zh: '须为{kind}' },
  'field.password-few': {
    en: 'is too easy to guess: it has fewer than four different characters',
    zh: '过于简单：不同的字符少于 4 种',
  },
  'field.password-row': {
    en: 'is too easy to guess: it is one row of characters that follow each other',
    zh: '过于简单：是一串连续的字符',
  },
  'field.password-username': { en: 'is too easy to guess: it holds the username', zh: '过于简单：包含了用户名' },
  'field.password-common': {
    en: 'is too easy to guess: it is one of the most used passwords',
    zh: '过于简单：是常见的密码',
  },
  'field.password-same': { en: 'must differ from the current one', zh: '须与当前密码不同' },
  'field.password-own': { en: 'is not for your own password', zh: '不能用于修改自己的密码' },
  'field.password-wrong': { en: 'is not your current password', zh: '与当前密码不一致' },
});

const ofKinds = Object.entries(kindSentences as Record<string, Words>).filter(([key]) => key.startsWith('field.'));
const patterns = [...ofKinds, ...Object.entries<Words>(fieldSentences)].map(([key, { en }]) => {
  const names = [...en.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const parts = en.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { key, names, pattern: new RegExp(`^${parts.join('(.+)')}$`, 'u') };
});

/** The sentence of a schema's English message; undefined when no rule says so. The first that fits: the narrower stand above the wider. */
export function recognizeField(message: string): Sentence | undefined {
  for (const { key, names, pattern } of patterns) {
    const match = pattern.exec(message);
    if (match) return { key, params: Object.fromEntries(names.map((name, i) => [name, match[i + 1]])) };
  }
  return undefined;
}
