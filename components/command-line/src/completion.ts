/**
 * Shell completion, made from the program itself: the shell asks `zhiyun __complete WORD…`, we answer the words that fit.
 * So a new command is completed the moment it exists.
 */
import type { Command } from 'commander';

/** The words that may follow `words` (all after `zhiyun`), of which the last is being typed. */
export function completionsFor(program: Command, words: readonly string[]): string[] {
  let command = program;
  for (const word of words.slice(0, -1)) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next) command = next;
  }
  const typed = words.at(-1) ?? '';
  const options = [...command.options, ...program.options]
    .map((option) => option.long)
    .filter((long) => long !== undefined && long !== null);
  const names = command.commands.map((candidate) => candidate.name()).filter((name) => !name.startsWith('__'));
  return [...new Set(typed.startsWith('-') ? options : names)].filter((word) => word.startsWith(typed)).sort();
}

const scripts = {
  bash: `_zhiyun() { COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)); }
complete -o default -F _zhiyun zhiyun ./zhiyun`,
  zsh: `_zhiyun() { compadd -- $("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null) }
compdef _zhiyun zhiyun ./zhiyun`,
  fish: `complete -c zhiyun -f -a '(zhiyun __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`,
} as const;

export function addCompletionCommands(program: Command): void {
  program
    .command('completion <shell>')
    .description('print the completion script of bash, zsh or fish: source <(zhiyun completion bash)')
    .action((shell: string) => {
      const script = scripts[shell as keyof typeof scripts];
      if (!script) return program.error(`error: no completion for ${shell}; there is bash, zsh and fish`);
      process.stdout.write(`${script}\n`);
    });
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action((words: string[]) => void process.stdout.write(`${completionsFor(program, words).join('\n')}\n`));
}
