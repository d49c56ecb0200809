/** `zhiyun context …`: the platforms signed in at, and which one commands go to. */
import type { Command } from 'commander';
import { loadContexts, saveContexts } from '../contexts/context-file.ts';
import { without } from '../contexts/contexts.ts';
import { CommandError, print } from '../output.ts';
import { printList } from '../print-list.ts';
import { localTime } from '../times.ts';
import { heads } from '../words/columns.ts';
import { said } from '../words/said.ts';
import { subcommand } from './command-words.ts';

function known(name: string) {
  const contexts = loadContexts();
  const context = contexts.byName[name];
  if (!context) throw new CommandError(said.noSuchContext(name, Object.keys(contexts.byName)));
  return { contexts, context };
}

async function list(): Promise<void> {
  const { current, byName } = loadContexts();
  // Never the token.
  const items = Object.entries(byName).map(([name, { url, username, expiresAt }]) => ({
    name,
    url,
    username,
    current: name === current,
    expiresAt: expiresAt ?? null,
  }));
  await printList({
    read: async () => ({ items, nextCursor: null }),
    columns: [
      { head: heads.current, cell: (item) => (item.current ? '*' : '') },
      { head: heads.name, cell: ({ name }) => name },
      { head: heads.url, cell: ({ url }) => url },
      { head: heads.user, cell: ({ username }) => username },
      { head: heads.expires, cell: ({ expiresAt }) => (expiresAt === null ? '-' : localTime(expiresAt)) },
    ],
    empty: said.noContext(),
  });
}

export function addContextCommands(context: Command): void {
  subcommand(context, 'list', 'contextList').action(list);
  subcommand(context, 'use <context>', 'contextUse').action((name: string) => {
    const { contexts, context: found } = known(name);
    saveContexts({ ...contexts, current: name });
    print({ current: name, url: found.url }, () => said.contextUsed(name, found.url));
  });
  subcommand(context, 'remove <context>', 'contextRemove').action((name: string) => {
    saveContexts(without(known(name).contexts, name));
    print({ removed: name }, () => said.contextForgotten(name));
  });
}
