/** Errors in the reader's language, on standard error, with a way to mend; never an errno or a stack. */
import type { Problem, Sentence } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import { spokenTo } from './connection.ts';
import { fileSentence } from './file-error.ts';
import { CommandError, FailedError, jsonOutput, plain } from './output.ts';
import { language } from './words/language.ts';
import { aside, said } from './words/said.ts';

/** The sentence that came beside an English text, in the reader's language. The catalogue is loaded only where it is needed. */
export async function inLanguage(english: string, sentence: Sentence | undefined): Promise<string> {
  if (language() === 'en' || sentence === undefined) return english;
  const { localized } = await import('@zhiyun/contracts/sentences');
  return localized(english, sentence, language());
}

/** Field errors that the detail does not spell out already, as it does for a request that is not valid. */
export async function unsaidErrors({ detail, errors = [] }: Pick<Problem, 'detail' | 'errors'>): Promise<string[]> {
  const unsaid = errors.filter(({ path, message }) => !detail.includes(path ? `${path} ${message}` : message));
  return Promise.all(
    unsaid.map(async ({ path, message, sentence }) => {
      const words = await inLanguage(message, sentence);
      return path ? `${path}: ${words}` : words;
    }),
  );
}

export async function faultSentence(fault: Pick<Problem, 'code' | 'detail' | 'sentence'>): Promise<string> {
  return `${plain(await inLanguage(fault.detail, fault.sentence))}${aside(fault.code)}`;
}

/** What is wrong, in one line. */
export async function errorSentence(error: unknown): Promise<string> {
  if (error instanceof RestError) return faultSentence(error.problem);
  if (error instanceof CommandError || error instanceof FailedError) return error.message;
  const words = fileSentence(error);
  if (words) return words;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${cause}` : String(error);
}

/** The same for programs. */
export async function errorFacts(error: unknown): Promise<Problem | { code: string; detail: string }> {
  if (error instanceof RestError) return error.problem;
  return { code: 'command-failed', detail: await errorSentence(error) };
}

/** Answers the exit status: 2 for a mistake in the call, 1 for all else. */
export async function printError(error: unknown): Promise<number> {
  if (jsonOutput()) process.stderr.write(`${JSON.stringify(await errorFacts(error))}\n`);
  else {
    const lines = [`zhiyun: ${await errorSentence(error)}`];
    if (error instanceof RestError) {
      for (const line of await unsaidErrors(error.problem)) lines.push(`  ${plain(line)}`);
      const url = spokenTo();
      if (error.problem.code === 'not-authenticated' && url !== undefined) lines.push(`  ${said.sessionEnded(url)}`);
    }
    process.stderr.write(`${lines.join('\n')}\n`);
  }
  return error instanceof CommandError || fileSentence(error) !== undefined ? 2 : 1;
}
