/** The language that the CLI speaks, and words in both. Programs read `--json`, which is the same in every language. */
export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** The two beside each other, so that neither is forgotten. */
export type Words = readonly [en: string, zh: string];

let spoken: Language = 'en';
export function speak(language: Language): void {
  spoken = language;
}
export function language(): Language {
  return spoken;
}

export function text([en, zh]: Words): string {
  return spoken === 'zh' ? zh : en;
}

/** `zh`, `zh_CN.UTF-8`, `zh-Hans`: Chinese; everything else that is a language: English. Undefined: not a language of ours. */
export function languageOf(name: string): Language | undefined {
  if (/^zh([-_.@]|$)/i.test(name)) return 'zh';
  if (/^en([-_.@]|$)/i.test(name)) return 'en';
  return undefined;
}

/** As POSIX says: the first of LC_ALL, LC_MESSAGES and LANG that is set decides. */
export function languageOfEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  return languageOf(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ?? 'en';
}

/** `--lang zh` or `--lang=zh`, wherever it stands: needed before the commands are made, for their help is in words too. */
export function languageOption(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = options[at];
  return word === '--lang' ? options[at + 1] : word?.slice('--lang='.length);
}
