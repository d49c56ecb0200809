/**
 * What may follow the words typed so far, read off the program itself: a new command is completed the moment it exists. Which names
 * fit an argument or an option's value follows from what its placeholder is called (`<instance>`, `--pool <pool>`).
 */

import type { Argument, Command, Option } from 'commander';
import { plainKind } from '../commands/plain-kinds.ts';

export interface Suggestion {
  value: string;
  description?: string | undefined;
}
/** What stands in a place where a name of something is wanted. `action`: of instances, those that it can be done to. */
export type Wanted = { kind: 'names'; of: string; action: string } | { kind: 'files' } | { kind: 'none' };
export interface Completions {
  suggestions: Suggestion[];
  wanted: Wanted;
  /** Stands before each name: `image=` of `--disk 10GiB,image=debian`. */
  prefix: string;
  /** What the names begin with. */
  typed: string;
}

const files = new Set(['file', 'path', 'directory']);
/** What the API can be asked the names of, besides plain kinds. */
export const nameKinds = [
  'instance',
  'image',
  'pool',
  'node',
  'component',
  'storage-server',
  'user',
  'operation',
  'join-token',
  'context',
  'role[,role]',
] as const;
export type NameKind = (typeof nameKinds)[number];

function wantedFor(placeholder: string, action: string): Wanted {
  if (files.has(placeholder)) return { kind: 'files' };
  return (nameKinds as readonly string[]).includes(placeholder) || plainKind(placeholder)
    ? { kind: 'names', of: placeholder, action }
    : { kind: 'none' };
}

const placeholderOf = ({ flags }: Option) => /[<[](.+)[>\]]$/.exec(flags)?.[1] ?? '';
const takesValue = (option: Option) => option.required || option.optional;

function optionsOf(command: Command): Option[] {
  const program = (at: Command): Command => (at.parent ? program(at.parent) : at);
  return [...command.options, ...program(command).options];
}

interface Position {
  command: Command;
  /** How many arguments of the command stand there already. */
  given: number;
  /** The option whose value is being typed. */
  asking: Option | undefined;
}

function positionAfter(program: Command, words: readonly string[]): Position {
  let command = program;
  let given = 0;
  let asking: Option | undefined;
  for (const word of words) {
    if (asking) {
      asking = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = optionsOf(command).find(({ long, short }) => long === word || short === word);
      if (option && takesValue(option)) asking = option;
      continue;
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next) command = next;
    else given++;
  }
  return { command, given, asking };
}

const fitting = (suggestions: readonly Suggestion[], typed: string): Suggestion[] =>
  [...new Map(suggestions.map((one) => [one.value, one])).values()]
    .filter(({ value }) => value.startsWith(typed))
    .sort((one, other) => (one.value < other.value ? -1 : 1));

const choices = (values: readonly string[] | undefined): Suggestion[] => (values ?? []).map((value) => ({ value }));

function valueCompletions(option: Option, typed: string, action: string, before = ''): Completions {
  const placeholder = placeholderOf(option);
  if (placeholder === 'size[,image=name]') {
    const [, size = '', name] = /^(.*?)image=(.*)$/.exec(typed) ?? [];
    return name === undefined
      ? { suggestions: fitting([{ value: 'image=' }], typed), wanted: { kind: 'none' }, prefix: before, typed }
      : {
          suggestions: [],
          wanted: { kind: 'names', of: 'image', action: 'disk' },
          prefix: `${before}${size}image=`,
          typed: name,
        };
  }
  const wanted = wantedFor(placeholder, option.long === '--iso' ? 'iso' : action);
  const suggestions = fitting(choices(option.argChoices), typed).map(({ value }) => ({ value: before + value }));
  return { suggestions, wanted, prefix: before, typed };
}

/** `words` are all after `zhiyun`, of which the last is being typed. */
export function completionsFor(program: Command, words: readonly string[]): Completions {
  const typed = words.at(-1) ?? '';
  const { command, given, asking } = positionAfter(program, words.slice(0, -1));
  const action = command.name();
  if (asking) return valueCompletions(asking, typed, action);
  const [, long, value] = /^(--[^=]+)=(.*)$/.exec(typed) ?? [];
  if (long !== undefined && value !== undefined) {
    const option = optionsOf(command).find((candidate) => candidate.long === long);
    return option && takesValue(option)
      ? valueCompletions(option, value, action, `${long}=`)
      : { suggestions: [], wanted: { kind: 'none' }, prefix: '', typed };
  }
  if (typed.startsWith('-')) {
    const options = optionsOf(command).flatMap(({ long: name, description }) =>
      name ? [{ value: name, description }] : [],
    );
    return { suggestions: fitting(options, typed), wanted: { kind: 'none' }, prefix: '', typed };
  }
  if (command.commands.length > 0) {
    const names = command.commands
      .filter((candidate) => !candidate.name().startsWith('__'))
      .map((candidate) => ({ value: candidate.name(), description: candidate.description() }));
    return { suggestions: fitting(names, typed), wanted: { kind: 'none' }, prefix: '', typed };
  }
  const all = command.registeredArguments;
  const argument: Argument | undefined = all[given] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return {
    suggestions: fitting(choices(argument?.argChoices), typed),
    wanted: argument ? wantedFor(argument.name(), action) : { kind: 'none' },
    prefix: '',
    typed,
  };
}
