/** In a thread of its own: the bytes that a load board takes for this many instances. */
import { parentPort, workerData } from 'node:worker_threads';
import type { InstanceId, NodeId } from '@zhiyun/contracts';
import { systemClock } from '@zhiyun/kernel';
import { LoadBoard } from '../load-board.ts';

const ids = Array.from({ length: Number(workerData) }, (_, index) => `instance-${index}` as InstanceId);
const figures = ids.flatMap(() => [0.1, 64, 0, 0, 0, 0, 0, 0]);
const before = process.memoryUsage().arrayBuffers;
using board = new LoadBoard(systemClock);
board.recordInstances('node-a' as NodeId, { running: ids, usage: figures });
parentPort?.postMessage(process.memoryUsage().arrayBuffers - before);
