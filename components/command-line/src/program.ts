/** The tree of commands. Those of the platform itself (`up`, `down`, …) are run by the launcher and only listed here. */
import { Command } from 'commander';
import { addDomainCommands } from './commands/component-commands.ts';
import { addImageCommands } from './commands/image-commands.ts';
import { addInstanceCommands } from './commands/instance-commands.ts';
import { addJoinTokenCommands } from './commands/join-token-commands.ts';
import {
  addNodeCommands,
  addOperationCommands,
  addOtherCommands,
  addPoolCommands,
} from './commands/platform-commands.ts';
import { addSessionCommands } from './commands/session-commands.ts';
import { addCompletionCommands } from './completion.ts';
import { setJsonOutput } from './output.ts';

const platformCommands: readonly (readonly [string, string])[] = [
  ['up', 'start the platform on this machine'],
  ['down', 'stop it; instances keep running'],
  ['status', 'is it running, and where'],
  ['join', 'take part in an existing domain with this machine'],
  ['database', 'database move --to URL: take it from the private server to another one'],
  ['doctor', 'what this machine can do, and how to mend what it cannot'],
  ['test', 'install what tests need and run them all'],
];

export function createProgram(): Command {
  const program = new Command('zhiyun')
    .description('Zhiyun 致云: a cloud of real virtual machines, started with one command')
    .option('--json', 'print JSON')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .hook('preAction', (_this, action) => setJsonOutput(action.optsWithGlobals().json === true));
  for (const [name, description] of platformCommands) program.command(name).description(description);
  addSessionCommands(program);
  addInstanceCommands(program);
  addImageCommands(program);
  addNodeCommands(program);
  addPoolCommands(program);
  addDomainCommands(program);
  addJoinTokenCommands(program);
  addOperationCommands(program);
  addOtherCommands(program);
  addCompletionCommands(program);
  // `--json` may stand anywhere, also behind the last word.
  const everywhere = (command: Command): void => {
    for (const child of command.commands) {
      if (child.commands.length === 0) child.option('--json', 'print JSON');
      everywhere(child);
    }
  };
  everywhere(program);
  return program;
}
