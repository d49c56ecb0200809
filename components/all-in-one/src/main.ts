/** `zhiyun up | join | down | status | service | database | doctor`: the commands of the host itself. Everything else is components/command-line. */
import { parseArgs } from 'node:util';
import { PlatformError } from '@zhiyun/kernel';
import { defaultHome } from './config.ts';
import { database } from './database.ts';
import { doctor } from './doctor/doctor.ts';
import { down } from './down.ts';
import { hostRoles, parseDomainName, parseRoles } from './host/host-record.ts';
import { sayProgress } from './host/speech.ts';
import { join } from './join.ts';
import { hideToken, readJoinToken } from './join-token.ts';
import { service } from './service/service.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const usage = `Usage:
  zhiyun up [--home DIR] [--listen HOST:PORT] [--link-listen HOST] [--name NAME] [--detach] [--json] [--simulated] [--domain NAME] [--role ROLE,…]
             start this host; on an empty home it founds a domain (of this name, with every role or those of --role)
             (--simulated: instances are only pretended; --link-listen: where links between servers listen, default as --listen);
             what --listen, --link-listen, --name and --simulated say is remembered
  zhiyun join --role ROLE[,ROLE] [--token - | --token-file FILE] [--data HOST[:PORT]] [--domain NAME] [as for up]
             take roles in a domain: ${hostRoles.join(', ')};
             the token is asked for or read from standard input (-), or from a file;
             without --data the domain is looked for in the network
  zhiyun down [--home DIR] [--instances]      stop it; instances keep running, unless --instances
  zhiyun status [--home DIR] [--json]         is it running, as what, and where
  zhiyun service install | remove | status [--home DIR] [--root DIR]
                                              let systemd start it at boot (--root: of a system image in DIR)
  zhiyun database move --to URL [--home DIR]  from the private database to an external PostgreSQL, with a stop of seconds
  zhiyun doctor [--home DIR] [--json]         what this machine can do, and how to mend what it cannot

State lies under --home, else $ZHIYUN_HOME, else /var/lib/zhiyun.`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      home: { type: 'string' },
      listen: { type: 'string' },
      'link-listen': { type: 'string' },
      detach: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      simulated: { type: 'boolean', default: false },
      instances: { type: 'boolean', default: false },
      name: { type: 'string' },
      role: { type: 'string' },
      token: { type: 'string' },
      'token-file': { type: 'string' },
      data: { type: 'string' },
      domain: { type: 'string' },
      to: { type: 'string' },
      root: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, what] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const home = values.home ?? defaultHome;
  const { json, listen, 'link-listen': linkListen, detach, simulated, name } = values;
  const start = { home, listen, linkListen, detach, simulated, name, json };
  switch (command) {
    case 'up':
      return up({
        ...start,
        foundWith: values.role === undefined ? undefined : parseRoles(values.role),
        domainName: values.domain === undefined ? undefined : parseDomainName(values.domain),
      });
    case 'join': {
      const { role: roles, token, 'token-file': tokenFile, data, domain } = values;
      return join({ ...start, roles, token: await readJoinToken({ token, tokenFile }), data, domain });
    }
    case 'service':
      return service({ home, what, root: values.root });
    case 'database':
      return database({ home, what, to: values.to });
    case 'down':
      return down({ home, instances: values.instances });
    case 'status':
      return status({ home, json });
    case 'doctor':
      return doctor({ home, json });
    default:
      console.error(usage);
      return 2;
  }
}

hideToken(process.argv.slice(2));
try {
  process.exitCode = await run();
} catch (error) {
  const usageError = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const text =
    usageError || error instanceof PlatformError
      ? (error as Error).message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  const because =
    error instanceof PlatformError && error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
  sayProgress(`zhiyun: ${text}${because}`);
  process.exitCode = usageError ? 2 : 1;
}
