import { afterEach, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import { instance, page } from '../testing/samples.ts';
import { fields, heads } from './columns.ts';
import { commanderError } from './commander-words.ts';
import { help } from './help.ts';
import { languageOf, languageOfEnvironment, languageOption, speak, text, type Words } from './language.ts';
import { said } from './said.ts';

afterEach(() => speak('en'));

test('the language follows LC_ALL, LC_MESSAGES and LANG, in this order', () => {
  expect(languageOfEnvironment({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
  expect(languageOfEnvironment({ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' })).toBe('en');
  expect(languageOfEnvironment({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
  expect(languageOfEnvironment({ LANG: '', LC_ALL: '' })).toBe('en');
  expect(languageOf('zh-Hans')).toBe('zh');
  expect(languageOf('zhuang')).toBeUndefined();
});

test('--lang is found wherever it stands, but not behind --', () => {
  expect(languageOption(['instance', '--lang', 'zh', 'list'])).toBe('zh');
  expect(languageOption(['list', '--lang=en'])).toBe('en');
  expect(languageOption(['list', '--', '--lang=en'])).toBeUndefined();
});

test('every word is there in both languages', () => {
  const words: [string, Words][] = [...Object.entries(help), ...Object.entries(heads), ...Object.entries(fields)];
  for (const [key, [en, zh]] of words) {
    expect(en, key).not.toMatch(/\p{Script=Han}/u);
    expect(zh === '' || /\p{Script=Han}/u.test(zh) || zh === en || /^(ID|CPU|SHA-256)$/.test(zh), key).toBe(true);
  }
});

test('everything that is said is said in both languages', () => {
  const samples = ['a', 'b', 'c', 'd', false];
  for (const [key, sentence] of Object.entries(said)) {
    const speakIt = sentence as (...values: unknown[]) => string;
    const render = () => {
      try {
        return speakIt(...samples);
      } catch {
        return speakIt(['a', 'b'], ['a', 'b']);
      }
    };
    speak('en');
    expect(render(), key).not.toMatch(/\p{Script=Han}/u);
    speak('zh');
    expect(render(), key).toMatch(/\p{Script=Han}|^.* \/ .*$/u);
  }
});

test('help, tables and mistakes are in Chinese for whoever reads Chinese', async () => {
  const env = { LC_ALL: 'zh_CN.UTF-8' };
  const { out } = await runCli(['instance', 'list'], () => page(instance('web')), { env });
  expect(out.split('\n')[0]).toMatch(/^名称 +状态 +资源池/);
  expect(out).toMatch(/^web +运行中 +default/m);
  const helped = await runCli(['instance', 'create', '--help'], () => ({}), { env });
  expect(helped.out).toContain('用法：');
  expect(helped.out).toContain('处理器核数（默认：1）');
  const top = await runCli(['--help'], () => ({}), { env });
  expect(top.out.match(/^ +[a-z-]+.* [a-z]{3,} [a-z]{3,} [a-z]{3,}.*$/gm)).toBeNull();
  const wrong = await runCli(['instance', 'list', '--stat', 'x'], () => ({}), { env });
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.err).toMatch(/^错误：没有选项“--stat”/);
});

test('mistakes that the library for commands finds', () => {
  speak('zh');
  expect(commanderError("error: missing required argument 'name'")).toBe('错误：缺少参数“name”');
  expect(commanderError("error: unknown command 'instanc'\n(Did you mean instance?)")).toBe(
    '错误：没有命令“instanc”\n（是否想用 instance？）',
  );
  expect(text(['a', '甲'])).toBe('甲');
});
