/** The words that the library for commands brings along, in the reader's language. */
import { language } from './language.ts';

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};
export const helpTitle = (title: string): string => (language() === 'zh' ? (titles[title] ?? title) : title);

/** `(choices: "a", "b", default: 1)` behind the description of an option or argument. */
export function helpRemarks(description: string): string {
  if (language() === 'en') return description;
  return description
    .replace(/ \(choices: /, '（可选：')
    .replace(/ \(default: /, '（默认：')
    .replace(/, default: /, '，默认：')
    .replace(/（(可选|默认)：(.*)\)$/, '（$1：$2）');
}

const errors: readonly (readonly [RegExp, string])[] = [
  [/^error: missing required argument '(.*)'/, '错误：缺少参数“$1”'],
  [/^error: option '(.*)' argument missing/, '错误：选项“$1”缺少值'],
  [/^error: required option '(.*)' not specified/, '错误：必须给出选项“$1”'],
  [/^error: unknown option '([^']*)'/, '错误：没有选项“$1”'],
  [/^error: unknown command '([^']*)'/, '错误：没有命令“$1”'],
  [
    /^error: too many arguments(?: for '(.*)')?\. Expected (\d+) arguments? but got (\d+): (.*)\./,
    '错误：参数过多：应有 $2 个，实际 $3 个：$4',
  ],
  [/^error: option '(.*)' argument '(.*)' is invalid\. /, '错误：选项“$1”的值“$2”无效：'],
  [/^error: command-argument value '(.*)' is invalid for argument '(.*)'\. /, '错误：参数“$2”的值“$1”无效：'],
  [/^error: (.*) cannot be used with (.*)/, '错误：$1 与 $2 不能同时使用'],
  [/^error: /, '错误：'],
];
const endings: readonly (readonly [RegExp, string])[] = [
  [/\(Did you mean (?:one of )?(.*)\?\)/, '（是否想用 $1？）'],
  [/Allowed choices are (.*)\./, '可用的值：$1。'],
];

export function commanderError(message: string): string {
  if (language() === 'en') return message;
  const [pattern, chinese] = errors.find(([candidate]) => candidate.test(message)) ?? [/^/, ''];
  return endings.reduce((said, [ending, words]) => said.replace(ending, words), message.replace(pattern, chinese));
}
