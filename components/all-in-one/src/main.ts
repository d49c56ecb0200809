/** `zhiyun up | down | status | doctor`: the platform's own commands. Everything else is components/command-line. */
import { parseArgs } from 'node:util';
import { PlatformError } from '@zhiyun/kernel';
import { defaultHome } from './config.ts';
import { doctor } from './doctor/doctor.ts';
import { down } from './down.ts';
import { sayProgress } from './host/speech.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const usage = `Usage:
  zhiyun up [--home DIR] [--listen HOST:PORT] [--detach] [--json] [--simulated]   start the platform
             (--simulated: instances are only pretended)
  zhiyun down [--home DIR] [--instances]      stop it; instances keep running, unless --instances
  zhiyun status [--home DIR] [--json]         is it running, and where
  zhiyun doctor [--home DIR] [--json]         what this machine can do, and how to mend what it cannot

State lies under --home, else $ZHIYUN_HOME, else /var/lib/zhiyun.`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      home: { type: 'string' },
      listen: { type: 'string' },
      detach: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      simulated: { type: 'boolean', default: false },
      instances: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const home = values.home ?? defaultHome;
  const { json } = values;
  switch (command) {
    case 'up':
      return up({ home, listen: values.listen, detach: values.detach, simulated: values.simulated, json });
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
