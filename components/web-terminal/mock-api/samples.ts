/** Loads that look alive: the same for the same thing at the same time, so that charts flow on between two reads. */
import type { InstanceUsage, NodeLoad, SystemLoad } from '@zhiyun/contracts';
import { MiB } from '@zhiyun/contracts';

const sampleMs = 5_000;
const sampleCount = 180;
/** The load of thousands is taken to be like that of so many. */
const countedMachines = 40;

function hash(text: string): number {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.charCodeAt(0), 16777619);
  return (value >>> 0) / 2 ** 32;
}

/** Between 0 and 1: a slow swing, a quicker one, and some noise. */
function wave(seed: string, at: number): number {
  const phase = hash(seed) * 2 * Math.PI;
  const slow = Math.sin(at / 240_000 + phase);
  const quick = Math.sin(at / 37_000 + 2 * phase);
  const noise = hash(`${seed}${Math.round(at / sampleMs)}`) - 0.5;
  return Math.min(1, Math.max(0, 0.42 + 0.2 * slow + 0.12 * quick + 0.25 * noise));
}

function times(now: number): number[] {
  const last = Math.floor(now / sampleMs) * sampleMs;
  return Array.from({ length: sampleCount }, (_, index) => last - (sampleCount - 1 - index) * sampleMs);
}

export function instanceUsage(id: string, memoryBytes: number, now: number): InstanceUsage[] {
  return times(now).map((at) => ({
    at: new Date(at).toISOString(),
    cpu: wave(`${id}cpu`, at) ** 2,
    memoryBytes: memoryBytes * (0.35 + 0.2 * wave(`${id}memory`, at / 4)),
    diskReadBytesPerSecond: 12 * MiB * wave(`${id}read`, at) ** 3,
    diskWriteBytesPerSecond: 6 * MiB * wave(`${id}write`, at) ** 3,
    diskReadOperationsPerSecond: 300 * wave(`${id}read`, at) ** 3,
    diskWriteOperationsPerSecond: 150 * wave(`${id}write`, at) ** 3,
    networkReceiveBytesPerSecond: 3 * MiB * wave(`${id}receive`, at) ** 3,
    networkTransmitBytesPerSecond: 2 * MiB * wave(`${id}transmit`, at) ** 3,
  }));
}

export interface Machine {
  id: string;
  memoryBytes: number;
  diskBytes: number;
}

export function nodeLoad({ id, memoryBytes, diskBytes }: Machine, at: number): NodeLoad {
  return {
    at: new Date(at).toISOString(),
    cpu: wave(`${id}cpu`, at),
    memoryUsedBytes: memoryBytes * (0.3 + 0.3 * wave(`${id}memory`, at / 4)),
    diskUsedBytes: diskBytes * 0.27,
    diskReadBytesPerSecond: 90 * MiB * wave(`${id}read`, at) ** 3,
    diskWriteBytesPerSecond: 45 * MiB * wave(`${id}write`, at) ** 3,
    networkReceiveBytesPerSecond: 24 * MiB * wave(`${id}receive`, at) ** 2,
    networkTransmitBytesPerSecond: 16 * MiB * wave(`${id}transmit`, at) ** 2,
  };
}

export function nodeLoads(machine: Machine, now: number): NodeLoad[] {
  return times(now).map((at) => nodeLoad(machine, at));
}

export function systemLoads(machines: readonly Machine[], now: number): SystemLoad[] {
  return times(now).map((at) => systemLoadAt(machines, at));
}

export function systemLoadAt(machines: readonly Machine[], at: number): SystemLoad {
  const loads = machines.slice(0, countedMachines).map((machine) => nodeLoad(machine, at));
  const share = loads.length / Math.max(1, machines.length);
  const sum = (pick: (load: NodeLoad) => number) => loads.reduce((total, load) => total + pick(load), 0) / (share || 1);
  return {
    at: new Date(at).toISOString(),
    cpu: machines.length > 0 ? sum(({ cpu }) => cpu) / machines.length : 0,
    memoryUsedBytes: sum(({ memoryUsedBytes }) => memoryUsedBytes),
    diskUsedBytes: sum(({ diskUsedBytes }) => diskUsedBytes),
    networkReceiveBytesPerSecond: sum(({ networkReceiveBytesPerSecond }) => networkReceiveBytesPerSecond),
    networkTransmitBytesPerSecond: sum(({ networkTransmitBytesPerSecond }) => networkTransmitBytesPerSecond),
  };
}
