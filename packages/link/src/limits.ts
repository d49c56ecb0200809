/** Every number of the wire in one place: how long silence may last and how much a stranger or a peer may send. */
import type { Backoff } from '@zhiyun/kernel';

export const heartbeatMs = 1_000;
export const suspectMs = 3_000;
export const goneMs = 5_000;
/** How often silence is looked at: the error of `suspect` and `gone`. */
export const watchMs = 250;

export const redial: Backoff = { firstMs: 50, maxMs: 2_000 };
/** For peers of which the Data Server says that they are gone. */
export const redialGone: Backoff = { firstMs: 1_000, maxMs: 15_000 };

export const dialTimeoutMs = 5_000;
export const callTimeoutMs = 10_000;
/** A clean stop waits this long for streams to end. */
export const farewellMs = 500;
/** How long a stranger (who may only join) is listened to. */
export const strangerMs = 10_000;

export const maxParamsBytes = 1024 * 1024;
export const maxJoinBytes = 64 * 1024;
/** One result, or one item of a stream: an inventory of a few thousand instances, a screenshot. */
export const maxResultBytes = 16 * 1024 * 1024;
/** Parameters of a pipe travel in a header. */
export const maxHeaderParamsBytes = 8 * 1024;
export const maxConcurrentStreams = 1_000;
