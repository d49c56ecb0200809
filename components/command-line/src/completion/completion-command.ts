/** `zhiyun completion bash | zsh | fish`: a script that the shell sources. It asks `zhiyun __complete` and knows no command itself. */
import { Argument, type Command } from 'commander';
import { write } from '../output.ts';

/**
 * Bash splits words at `=` and `:` too; we are asked with words as a person sees them, and what Bash has already is taken off the
 * answers.
 */
const bash = `_zhiyun() {
  local line=\${COMP_LINE:0:COMP_POINT} words full have one lines
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  full=\${words[-1]}
  have=\${full%"\${COMP_WORDS[COMP_CWORD]}"}
  [[ \${COMP_WORDS[COMP_CWORD]} == [=:] ]] && have=$full
  mapfile -t lines < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null </dev/null)
  COMPREPLY=()
  for one in "\${lines[@]}"; do
    if [[ $one == :files ]]; then compopt -o default; continue; fi
    one=\${one%%$'\\t'*}
    [[ $one == *[=,] ]] && compopt -o nospace
    COMPREPLY+=("\${one#"$have"}")
  done
}
complete -F _zhiyun zhiyun ./zhiyun`;

const zsh = `#compdef zhiyun
_zhiyun() {
  local -a lines values shown
  local one
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  for one in $lines; do
    if [[ $one == :files ]]; then _files; continue; fi
    values+=("\${one%%$'\\t'*}")
    shown+=("\${one/$'\\t'/  -- }")
  done
  (( $#values )) && compadd -l -d shown -- $values
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _zhiyun "$@"; else compdef _zhiyun zhiyun ./zhiyun; fi`;

const fish = `function __zhiyun_complete
  set -l tokens (commandline -opc)
  set -l answers ($tokens[1] __complete -- $tokens[2..] (commandline -ct) 2>/dev/null </dev/null)
  for one in $answers
    if test "$one" = :files
      __fish_complete_path (commandline -ct)
    else
      echo $one
    end
  end
end
complete -c zhiyun -f -a '(__zhiyun_complete)'`;

const scripts = { bash, zsh, fish } as const;

export function addCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => write(`${scripts[shell]}\n`));
}
