/**
 * The tree of commands. Those of the platform itself (`up`, `down`, …) are run by the launcher and only listed here. A group's commands
 * are loaded when its name stands among the words that were typed: the others would only cost every start their time.
 */
import type { KindName } from '@zhiyun/contracts';
import { Command, Option } from 'commander';
import { describe, option } from './commands/command-words.ts';
import { plainKinds } from './commands/plain-kinds.ts';
import { wishFor } from './connection.ts';
import { setJsonOutput } from './output.ts';
import { commanderError, helpRemarks, helpTitle } from './words/commander-words.ts';
import { type HelpKey, help } from './words/help.ts';
import { languages, text, type Words } from './words/language.ts';

type Add = (command: Command) => void;
interface Group {
  name: string;
  help: HelpKey | Words;
  load: () => Promise<Add>;
}
const session = () => import('./commands/session-commands.ts');
const domain = () => import('./commands/component-commands.ts');
const users = () => import('./commands/user-commands.ts');

/** What a plain kind does besides `list`, `show` and `delete`. */
const besides: Readonly<Record<string, () => Promise<Add>>> = {
  'ssh-key': async () => (await import('./commands/ssh-key-commands.ts')).addSshKeyCreate,
};

const groups: readonly Group[] = [
  { name: 'login', help: 'login', load: async () => (await session()).addLogin },
  { name: 'logout', help: 'logout', load: async () => (await session()).addLogout },
  { name: 'whoami', help: 'whoami', load: async () => (await session()).addWhoami },
  { name: 'password', help: 'password', load: async () => (await session()).addPassword },
  {
    name: 'context',
    help: 'contexts',
    load: async () => (await import('./commands/context-commands.ts')).addContextCommands,
  },
  {
    name: 'instance',
    help: 'instance',
    load: async () => (await import('./commands/instance-commands.ts')).addInstanceCommands,
  },
  { name: 'image', help: 'image', load: async () => (await import('./commands/image-commands.ts')).addImageCommands },
  { name: 'node', help: 'node', load: async () => (await import('./commands/node-commands.ts')).addNodeCommands },
  { name: 'pool', help: 'pool', load: async () => (await import('./commands/pool-commands.ts')).addPoolCommands },
  { name: 'component', help: 'component', load: async () => (await domain()).addComponentCommands },
  { name: 'link', help: 'link', load: async () => (await domain()).addLinkCommands },
  {
    name: 'join-token',
    help: 'joinToken',
    load: async () => (await import('./commands/join-token-commands.ts')).addJoinTokenCommands,
  },
  {
    name: 'operation',
    help: 'operation',
    load: async () => (await import('./commands/operation-commands.ts')).addOperationCommands,
  },
  { name: 'event', help: 'event', load: async () => (await import('./commands/event-commands.ts')).addEventCommands },
  { name: 'system', help: 'system', load: async () => (await users()).addSystemCommands },
  { name: 'user', help: 'user', load: async () => (await users()).addUserCommands },
  ...plainKinds.map(({ name, noun }) => ({
    name,
    help: [`${noun.en}s`, noun.zh] as const,
    load: async () => {
      const { addPlainCommands } = await import('./commands/kind-commands.ts');
      const addOthers = await besides[name]?.();
      return (command: Command) => {
        addPlainCommands(command, name as KindName);
        addOthers?.(command);
      };
    },
  })),
  {
    name: 'completion',
    help: 'completion',
    load: async () => (await import('./completion/completion-command.ts')).addCompletion,
  },
];

const startOptions = [
  '--home <directory>',
  '--listen <host:port>',
  '--link-listen <host>',
  '--name <name>',
  '--detach',
  '--json',
  '--simulated',
];
/** Run by the launcher; their options are here for completion. */
const platformCommands: readonly (readonly [name: string, help: HelpKey, options: readonly string[]])[] = [
  ['up', 'up', [...startOptions, '--domain <name>', '--role <role[,role]>']],
  ['down', 'down', ['--home <directory>', '--instances']],
  ['status', 'status', ['--home <directory>', '--json']],
  [
    'join',
    'join',
    [
      ...startOptions,
      '--role <role[,role]>',
      '--token <token>',
      '--token-file <file>',
      '--data <host[:port]>',
      '--domain <name>',
    ],
  ],
  ['service', 'service', ['--home <directory>', '--root <directory>']],
  ['database', 'database', ['--to <url>', '--home <directory>']],
  ['doctor', 'doctor', ['--home <directory>', '--json']],
  ['test', 'test', []],
];

interface GlobalOptions {
  json?: boolean;
  context?: string;
  url?: string;
}

/** Options that may stand anywhere, also behind the last word. */
const globalOptions = (): Option[] => [
  option('--json', 'json'),
  option('--lang <language>', 'lang').choices(languages),
  option('--context <context>', 'context'),
  option('--url <url>', 'url'),
];

function everywhere(command: Command): void {
  for (const child of command.commands) {
    const own = new Set(child.options.map(({ long }) => long));
    if (child.commands.length === 0)
      for (const each of globalOptions()) if (!own.has(each.long)) child.addOption(each.hideHelp());
    everywhere(child);
  }
}

/** `words`: what was typed. */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('zhiyun')
    .description(text(help.program))
    .configureOutput({ outputError: (message, write) => write(commanderError(message)) })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: helpTitle,
      styleDescriptionText: helpRemarks,
    })
    .helpOption('-h, --help', text(help.helpOption))
    .helpCommand('help [command]', text(help.helpCommand))
    .addHelpText('after', `\n${text(help.more)}`)
    .exitOverride()
    .hook('preAction', (_this, action) => {
      const { json, context, url } = action.optsWithGlobals<GlobalOptions>();
      setJsonOutput(json === true);
      wishFor({ context, url });
    });
  for (const each of globalOptions()) program.addOption(each);
  for (const [name, key, options] of platformCommands) {
    const command = program.command(name).description(text(help[key]));
    for (const flags of options) command.addOption(new Option(flags));
  }
  const commands = groups.map((group) => ({
    group,
    command: program.command(group.name).description(describe(group.help)),
  }));
  for (const { group, command } of commands) if (words.includes(group.name)) (await group.load())(command);
  everywhere(program);
  const { addCompleter } = await import('./completion/completer-command.ts');
  addCompleter(program);
  return program;
}
