/** `zhiyun login | logout | whoami | password`. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { askSecret } from '../ask.ts';
import { namedHome, platformHome } from '../config.ts';
import { choose, clientOf, connect, wished } from '../connection.ts';
import { loadContexts, saveContexts } from '../contexts/context-file.ts';
import { type Context, nameFor, sameAddress, without } from '../contexts/contexts.ts';
import { localPlatform } from '../contexts/local-platform.ts';
import { CommandError, print } from '../output.ts';
import { aside, said } from '../words/said.ts';
import { term } from '../words/terms.ts';
import { option } from './command-words.ts';

interface LoginOptions {
  ca?: string;
  username: string;
  passwordFile?: string;
}

/** Where to sign in: as the options say, else where the named context is, else at the platform on this machine. */
function destination({ ca }: LoginOptions): Pick<Context, 'url' | 'caCertificate' | 'home'> {
  const { url, context } = wished();
  const named = ca === undefined ? undefined : readFileSync(ca, 'utf8');
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new CommandError(said.badUrl(url));
    // The authority that was named when signing in there before is still its authority.
    const before = Object.values(loadContexts().byName).find((one) => sameAddress(one.url, url));
    return { url: new URL(url).origin, caCertificate: named ?? before?.caCertificate };
  }
  const known = context === undefined ? undefined : loadContexts().byName[context];
  if (known && known.home === undefined) return { ...known, ...(named !== undefined && { caCertificate: named }) };
  const local = localPlatform(known?.home ?? platformHome);
  if (!local)
    throw new CommandError(namedHome === undefined ? said.noLocalPlatform() : said.noPlatformAtHome(namedHome));
  return { url: local.url, home: local.home, caCertificate: named ?? local.caCertificate };
}

async function login(options: LoginOptions): Promise<void> {
  const { url, caCertificate, home } = destination(options);
  const { username, passwordFile } = options;
  const password = passwordFile
    ? readFileSync(passwordFile, 'utf8').trim()
    : await askSecret(said.passwordOf(username));
  const session = await clientOf(url, caCertificate).client.createSession({ body: { username, password } });
  const context: Context = {
    url,
    token: session.token,
    username: session.user.username,
    caCertificate,
    home,
    expiresAt: session.expiresAt,
  };
  const contexts = loadContexts();
  const name = wished().context ?? nameFor(contexts, context);
  saveContexts({ current: name, byName: { ...contexts.byName, [name]: context } });
  print(session.user, (user) =>
    said.signedIn(url, user.username, term('user.role', user.role), name, user.mustChangePassword),
  );
}

async function logout(): Promise<void> {
  const { name } = choose();
  await connect().client.deleteSession();
  saveContexts(without(loadContexts(), name));
  print({ signedOut: name }, () => said.signedOut(name));
}

async function changePassword(): Promise<void> {
  const { client } = connect();
  const currentPassword = await askSecret(said.currentPassword());
  const newPassword = await askSecret(said.newPassword());
  if ((await askSecret(said.newPasswordAgain())) !== newPassword) throw new CommandError(said.passwordsDiffer());
  await client.changePassword({ body: { currentPassword, newPassword } });
  print({ changed: true }, () => said.passwordChanged());
}

export function addLogin(command: Command): void {
  command
    .addOption(option('--ca <file>', 'loginCa'))
    .addOption(option('--username <user>', 'loginUsername').default('admin'))
    .addOption(option('--password-file <file>', 'loginPasswordFile'))
    .action(login);
}

export const addLogout = (command: Command): void => void command.action(logout);
export const addPassword = (command: Command): void => void command.action(changePassword);
export function addWhoami(command: Command): void {
  command.action(async () => {
    const { client, session } = connect();
    print(await client.getMe(), ({ username, role }) => `${username}${aside(term('user.role', role))} ${session.url}`);
  });
}
