/** What the CLI takes from its environment. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { languageOfEnvironment } from './words/language.ts';

const environment = process.env;

/** Where a platform on this very machine keeps its state. */
export const defaultHome = '/var/lib/zhiyun';
/** `$ZHIYUN_HOME`: whoever sets it means the platform there. */
export const namedHome = environment.ZHIYUN_HOME ? resolve(environment.ZHIYUN_HOME) : undefined;
export const platformHome = namedHome ?? defaultHome;

export const configDirectory = join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'zhiyun');
/** What can be made again at any time. */
export const cacheDirectory = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zhiyun');

export const environmentLanguage = languageOfEnvironment(environment);
