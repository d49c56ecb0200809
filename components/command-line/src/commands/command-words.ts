/** Commands and options with their help in the reader's language. */
import { type Command, Option } from 'commander';
import { type HelpKey, help } from '../words/help.ts';
import { text, type Words } from '../words/language.ts';

/** Of the catalogue, or of a command that brings its own. */
export const describe = (words: HelpKey | Words): string => text(typeof words === 'string' ? help[words] : words);

/** A command below `parent`, like `show <instance>`. */
export function subcommand(parent: Command, usage: string, words: HelpKey | Words): Command {
  return parent.command(usage).description(describe(words));
}

export function option(flags: string, words: HelpKey | Words): Option {
  return new Option(flags, describe(words));
}
