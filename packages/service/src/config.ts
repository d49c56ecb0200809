/**
 * Configuration of a process, read once: `<home>/config.json`, then the environment, then built-in defaults.
 * Command-line options override both and are the caller's concern.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '@zhiyun/contracts';
import { NewerVersion, PlatformError, systemErrorCode, versioned } from '@zhiyun/kernel';
import { z } from 'zod';
import { gatewayConfigShape } from './gateway-config.ts';
import { logLevels } from './logger.ts';

export const configSchema = z.strictObject({
  /** An external PostgreSQL instead of the private one: `postgresql://user:password@host[,host2]/database`. */
  database: z
    .strictObject({ url: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://') })
    .optional(),
  /** `HOST:PORT` of the gateway. Written by `up --listen`. */
  listen: z.string().optional(),
  ...gatewayConfigShape,
  /** Where the links between servers listen. Default: as the gateway. Written by `up --link-listen`. */
  linkListen: z.string().optional(),
  /** Above this many nodes a Control Server moves its connections to them to a second thread. */
  linkThreadAboveNodes: z.int().min(0).optional(),
  /** IPv4 network of guests' addresses, in CIDR notation. Default: one that the machine does not use. */
  guestNetwork: z.string().optional(),
  /** IPv4 addresses and networks that guests may not reach, besides the platform's own. */
  guestRefusedNetworks: z.array(z.string()).optional(),
  /** Numbers of users that nobody else has: each guest runs as one of its own. Default: 16,777,216 from 1879048192 on. */
  guestUsers: z.strictObject({ first: z.int().min(1000), count: z.int().min(1) }).optional(),
  /** What happens to running instances after a restart of their node. Default: `start-what-ran`. */
  instancesAfterRestart: z.enum(['start-what-ran', 'leave-stopped']).optional(),
  log: z.strictObject({ level: z.enum(logLevels).default('info') }).default({ level: 'info' }),
});
export type Config = z.infer<typeof configSchema>;

/** Content of the file, before the environment is merged and everything is validated. */
export const configFileShape = versioned({ what: say('version.configuration'), schema: z.unknown() });

async function readFileConfig(path: string): Promise<unknown> {
  try {
    return configFileShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return {};
    if (error instanceof NewerVersion) throw error.in(path);
    throw new PlatformError(
      'invalid-request',
      `${path} cannot be read: ${error instanceof Error ? error.message : error}. Mend the JSON, or remove the file to use the defaults.`,
      { cause: error },
    );
  }
}

/** `ZHIYUN_DATABASE_URL`, `ZHIYUN_LISTEN`, `ZHIYUN_LOG_LEVEL`, `ZHIYUN_PUBLIC_URL`, `ZHIYUN_TRUSTED_PROXIES` (with commas). */
function environmentConfig(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const { ZHIYUN_DATABASE_URL: url, ZHIYUN_LISTEN: listen, ZHIYUN_LOG_LEVEL: level } = environment;
  const { ZHIYUN_PUBLIC_URL: publicUrl, ZHIYUN_TRUSTED_PROXIES: proxies } = environment;
  return {
    ...(url ? { database: { url } } : {}),
    ...(listen ? { listen } : {}),
    ...(level ? { log: { level } } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    ...(proxies ? { trustedProxies: proxies.split(',').map((proxy) => proxy.trim()) } : {}),
  };
}

export async function readConfig(home: string, environment: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const path = join(home, 'config.json');
  const fromFile = await readFileConfig(path);
  const merged =
    typeof fromFile === 'object' && fromFile !== null ? { ...fromFile, ...environmentConfig(environment) } : fromFile;
  const parsed = configSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path: field, message }) => ({ path: field.join('.'), message }));
  throw new PlatformError(
    'invalid-request',
    `The configuration (${path} and ZHIYUN_* of the environment) is not valid: ${errors.map(({ path: field, message }) => `${field || 'the file'} ${message}`).join('; ')}.`,
    { errors },
  );
}
