/** `zhiyun __complete -- WORD…`: what the shells ask. One suggestion a line, its description behind a tab; `:files` asks the shell for files. */
import type { Command } from 'commander';
import { wishFor } from '../connection.ts';
import { plain, write } from '../output.ts';
import { completionsFor, type Suggestion } from './completions.ts';

/** The platform that the words typed so far are for. */
function wishOf(words: readonly string[]) {
  const given = (long: string) => {
    const at = words.indexOf(long);
    return at >= 0 && at < words.length - 2 ? words[at + 1] : undefined;
  };
  return { context: given('--context'), url: given('--url') };
}

const line = ({ value, description }: Suggestion) => (description ? `${value}\t${plain(description)}` : value);

async function complete(program: Command, words: readonly string[]): Promise<void> {
  wishFor(wishOf(words));
  const { suggestions, wanted, prefix, typed } = completionsFor(program, words);
  const lines = suggestions.map(line);
  if (wanted.kind === 'names') {
    const { askNames } = await import('./ask-names.ts');
    const names = await askNames(wanted.of, typed, wanted.action);
    const fitting = names.filter(({ value }) => value.startsWith(typed));
    lines.push(...fitting.map((one) => line({ ...one, value: `${prefix}${plain(one.value)}` })));
  }
  if (wanted.kind === 'files') lines.push(':files');
  if (lines.length > 0) write(`${lines.join('\n')}\n`);
}

export function addCompleter(program: Command): void {
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action((words: string[]) => complete(program, words));
}
