/** What one running instance uses, as its owner sees it. */
import type { InstanceUsage } from '@zhiyun/contracts';
import type { Clock } from '@zhiyun/kernel';
import type { RunningInstance } from '../instance/instances.ts';
import type { PortCounters } from '../network/network-mode.ts';
import { Rates } from './rates.ts';

export class InstanceMeter {
  readonly #rates = new Rates<
    'cpu' | 'diskRead' | 'diskWrite' | 'diskReads' | 'diskWrites' | 'networkReceive' | 'networkTransmit'
  >();

  async sample(
    { machine, entry }: RunningInstance,
    link: PortCounters | undefined,
    clock: Clock,
  ): Promise<Omit<InstanceUsage, 'at'>> {
    const counters = await machine.counters();
    const rates = this.#rates.sample(clock.monotonicMs(), {
      cpu: counters.cpuNanoseconds,
      diskRead: counters.diskReadBytes,
      diskWrite: counters.diskWriteBytes,
      diskReads: counters.diskReadOperations,
      diskWrites: counters.diskWriteOperations,
      networkReceive: link?.receivedBytes ?? 0,
      networkTransmit: link?.transmittedBytes ?? 0,
    });
    return {
      // The emulator's own threads can add to the guest's; nobody uses more than all of their cores.
      cpu: Math.min(1, Math.round(rates.cpu / 1e5 / entry.config.cores) / 1e4),
      memoryBytes: counters.memoryBytes,
      diskReadBytesPerSecond: Math.round(rates.diskRead),
      diskWriteBytesPerSecond: Math.round(rates.diskWrite),
      diskReadOperationsPerSecond: Math.round(rates.diskReads),
      diskWriteOperationsPerSecond: Math.round(rates.diskWrites),
      networkReceiveBytesPerSecond: Math.round(rates.networkReceive),
      networkTransmitBytesPerSecond: Math.round(rates.networkTransmit),
    };
  }
}
