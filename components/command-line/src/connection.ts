/** A REST client for the platform that is meant, with the session there. */
import { createRestClient, type RestClient } from '@zhiyun/contracts/rest';
import { namedHome, platformHome } from './config.ts';
import { ConnectionError } from './connection-error.ts';
import { loadContexts } from './contexts/context-file.ts';
import { type Choice, type Context, chooseContext, type Wish } from './contexts/contexts.ts';
import { localPlatform, localPlatformOrNone } from './contexts/local-platform.ts';
import { CommandError, remark } from './output.ts';
import { Transport } from './transport.ts';
import { said } from './words/said.ts';

export interface Connection {
  client: RestClient;
  session: Context;
  transport: Transport;
}

let wish: Wish = {};
/** What the options of the call say; the environment is added here. */
export function wishFor(wanted: Wish): void {
  wish = wanted;
}
export function wished(): Wish {
  return wish;
}

let spoken: string | undefined;
/** The platform that was spoken to last, for whoever explains an error. */
export function spokenTo(): string | undefined {
  return spoken;
}

/** A client of any platform, signed in or not. */
export function clientOf(
  url: string,
  caCertificate: string | undefined,
  token?: string,
): { client: RestClient; transport: Transport } {
  const transport = new Transport(url, caCertificate);
  spoken = url;
  const client = createRestClient({
    baseUrl: new URL(url).origin,
    token: () => token,
    fetch: async (address, init) => {
      try {
        return await transport.send(address, init);
      } catch (error) {
        throw new ConnectionError(url, error);
      }
    },
  });
  return { client, transport };
}

function refusal(choice: Extract<Choice, { missing: string }>, contextCount: number): CommandError {
  switch (choice.missing) {
    case 'any':
      return new CommandError(contextCount > 1 ? said.severalContexts() : said.notSignedIn());
    case 'context':
      return new CommandError(said.noSuchContext(choice.name, choice.known));
    case 'url':
      return new CommandError(said.notSignedInAtUrl(choice.url, choice.known));
    case 'home':
      return new CommandError(said.notSignedInAtHome(choice.home, choice.url));
    case 'platform':
      return new CommandError(said.noPlatformAtHome(choice.home));
  }
}

/** Which context a command is for, and whether another could have been meant. */
export function choose(): { name: string; context: Context; doubtful: boolean } {
  const contexts = loadContexts();
  const strict = (home: string) => (home === namedHome ? localPlatform(home) : localPlatformOrNone(home));
  const choice = chooseContext(contexts, { home: namedHome, ...wish }, strict);
  if ('missing' in choice) throw refusal(choice, Object.keys(contexts.byName).length);
  const { name, context, others } = choice;
  return { name, context, doubtful: others.length > 0 || (isImplicit() && hasAnotherHere(context)) };
}

const isImplicit = () => wish.context === undefined && wish.url === undefined && namedHome === undefined;

/** A platform runs on this machine, and the session is at another one. */
function hasAnotherHere({ caCertificate }: Context): boolean {
  const local = localPlatformOrNone(platformHome);
  return local !== undefined && local.caCertificate.trim() !== caCertificate?.trim();
}

export function connect(): Connection {
  const { name, context, doubtful } = choose();
  if (doubtful) remark(said.speakingTo(name, context.url));
  return { ...clientOf(context.url, context.caCertificate, context.token), session: context };
}

/** For the background: no remarks. Undefined when nobody is signed in. */
export function connectSilently(): Connection | undefined {
  try {
    const { context } = choose();
    return { ...clientOf(context.url, context.caCertificate, context.token), session: context };
  } catch {
    return undefined;
  }
}
