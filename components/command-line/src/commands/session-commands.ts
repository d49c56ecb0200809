/** `zhiyun login | logout | whoami | password`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createRestClient } from '@zhiyun/contracts/rest';
import type { Command } from 'commander';
import { z } from 'zod';
import { forgetSession, platformHome, saveSession } from '../config.ts';
import { connect, trust } from '../connection.ts';
import { CommandError, print } from '../output.ts';

/** Written by the platform on this machine when it is ready (all-in-one `platform.json`). */
const localPlatformSchema = z.object({ url: z.url(), caFile: z.string() });

function localPlatform(): { url: string; caFile: string } | undefined {
  const file = join(platformHome, 'platform.json');
  if (!existsSync(file)) return undefined;
  try {
    return localPlatformSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new CommandError(`${file} cannot be read; name the platform with --url and --ca.`, { cause: error });
  }
}

async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: muted, terminal: Boolean(process.stdin.isTTY) });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  reader.once('close', () => reject(new CommandError('No password was given: the input ended.')));
  try {
    return await Promise.race([reader.question(''), ended]);
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`The password file ${file} cannot be read; is it there, and yours?`, { cause: error });
  }
}

interface LoginOptions {
  url?: string;
  ca?: string;
  username: string;
  passwordFile?: string;
}

async function login(options: LoginOptions): Promise<void> {
  const local = options.url ? undefined : localPlatform();
  const url = options.url ?? local?.url;
  if (!url)
    throw new CommandError(
      'No platform on this machine is known. Name one: zhiyun login --url https://host:8443 --ca ca.pem',
    );
  const caFile = options.ca ?? local?.caFile;
  const caCertificate = caFile ? readFileSync(caFile, 'utf8') : undefined;
  trust(caCertificate);
  const password = options.passwordFile
    ? readPassword(options.passwordFile)
    : await askSecret(`Password of ${options.username}: `);
  const session = await createRestClient({ baseUrl: url }).createSession({
    body: { username: options.username, password },
  });
  saveSession({
    url,
    token: session.token,
    username: session.user.username,
    ...(caCertificate ? { caCertificate } : {}),
  });
  print(
    session.user,
    (user) =>
      `Signed in at ${url} as ${user.username} (${user.role})${user.mustChangePassword ? '. Set a password of your own: zhiyun password' : ''}`,
  );
}

export function addSessionCommands(program: Command): void {
  program
    .command('login')
    .description('sign in; without --url at the platform on this machine')
    .option('--url <url>', 'address of the platform, https://host:port')
    .option('--ca <file>', 'certificate authority of the platform (PEM)')
    .option('--username <name>', 'user', 'admin')
    .option('--password-file <file>', 'read the password from a file instead of asking')
    .action(login);
  program
    .command('logout')
    .description('end the session')
    .action(async () => {
      await connect().client.deleteSession();
      forgetSession();
    });
  program
    .command('whoami')
    .description('the user of the session')
    .action(async () => print(await connect().client.getMe(), (user) => `${user.username} (${user.role})`));
  program
    .command('password')
    .description('change the own password')
    .action(async () => {
      const { client } = connect();
      const currentPassword = await askSecret('Current password: ');
      const newPassword = await askSecret('New password: ');
      if ((await askSecret('New password again: ')) !== newPassword)
        throw new CommandError('The two new passwords differ; nothing was changed.');
      await client.changePassword({ body: { currentPassword, newPassword } });
      print({ changed: true }, () => 'The password is changed.');
    });
}
