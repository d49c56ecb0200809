/** Commands and options with their help in the reader's language. */
import { type Command, Option } from 'commander';
import { type HelpKey, help } from '../words/help.ts';
import { text } from '../words/language.ts';

export const describe = (key: HelpKey): string => text(help[key]);

/** A command below `parent`, like `show <instance>`. */
export function subcommand(parent: Command, usage: string, key: HelpKey): Command {
  return parent.command(usage).description(describe(key));
}

export function option(flags: string, key: HelpKey): Option {
  return new Option(flags, describe(key));
}
