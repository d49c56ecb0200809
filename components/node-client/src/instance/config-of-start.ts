/** One-time boot settings are consumed by one start. Pure. */
import { defaultBoot } from '@zhiyun/contracts';
import type { InstanceConfig } from '@zhiyun/contracts/links';
import type { LedgerEntry } from '../ledger/ledger.ts';

/** An instance that was made to be started later still has its first start before it. */
export function configOfStart(config: InstanceConfig, { epoch, config: before }: LedgerEntry): InstanceConfig {
  const once = config.boot?.once ?? (epoch === 0 ? before.boot?.once : undefined);
  return once ? { ...config, boot: { ...defaultBoot, ...config.boot, once } } : config;
}

export function withoutOnce(config: InstanceConfig): InstanceConfig {
  if (!config.boot?.once) return config;
  const { once: _, ...boot } = config.boot;
  return { ...config, boot };
}
