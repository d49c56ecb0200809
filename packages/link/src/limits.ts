/**
 * Every limit of the link layer in one place: heartbeats, timeouts, back-off, concurrency, and how much a stranger or a
 * peer may send.
 */
import type { Backoff } from '@zhiyun/kernel';

export const heartbeatMs = 1_000;
export const suspectMs = 3_000;
export const goneMs = 5_000;
/**
 * Heartbeat interval of a resting link (a node's link with anything but a Data Server). It rests while the Data Servers
 * watch both ends, and is probed every second after `doubtMs` of silence.
 */
export const restingHeartbeatMs = 6_000;
export const doubtMs = 9_000;
/**
 * Silence credited to a resting peer when doubt begins. Less when the connection broke: the break itself shows that it
 * was alive.
 */
export const doubtedMs = { connected: 1_500, broken: 500 };
/** What a Data Server reports about others is trusted only while it was itself heard within this time. */
export const trustReportsMs = 2_000;
/** Polling interval of the liveness check, and so the error of `suspect` and `gone`. */
export const watchMs = 250;
/** The same where thousands of connections are watched: twice per heartbeat. */
export const listenMs = heartbeatMs / 2;

/** Back-off between dials. Capped at about a second, so that a peer that returns is reached at once. */
export const redial: Backoff = { firstMs: 50, maxMs: 800 };
/** Back-off for peers that the Data Server reports as gone. */
export const redialGone: Backoff = { firstMs: 1_000, maxMs: 15_000 };

/** A healthy connection acknowledges a heartbeat within this time. */
export const answerMs = 500;
/** TCP connect timeout. Short, because a new attempt retransmits sooner than the kernel does. */
export const connectTimeoutMs = 2_000;
/** TLS handshake timeout, from the TCP connection until both ends are authenticated. */
export const handshakeTimeoutMs = 5_000;
/** Head start of one address before the next is tried in parallel (happy eyeballs). */
export const headStartMs = 300;
/**
 * Concurrent TLS handshakes. Each costs milliseconds of CPU on both sides; with more at once all would time out and
 * none succeed.
 */
export const handshakesAtOnce = 32;
/** Concurrent dials, queued handshakes included: no more than can finish before the other end's handshake timeout. */
export const dialsAtOnce = 256;
/**
 * Concurrent dials to peers reported as gone: each may use its whole timeout and must not starve dials to live peers.
 */
export const goneDialsAtOnce = 16;
/**
 * Above this many connections the measures for a crowd apply: a Control Server moves its node links to a second thread,
 * and garbage collection changes.
 */
export const crowd = 200;
/** Thread name as `ps` shows it. */
export const linkThreadName = 'zhiyun-links';
/** Interval of the link thread's liveness reports. */
export const listenedMs = 100;
/**
 * A link thread silent for this long counts as hung and is ended; one that was merely busy for as long is trusted
 * again.
 */
export const hungThreadMs = 15_000;
/** Back-pressure between the threads: with more characters in flight, the link thread pauses all streams. */
export const maxUntakenChars = 8 * 1024 * 1024;
export const callTimeoutMs = 10_000;
/** Grace period of a clean stop, for open streams to end. */
export const farewellMs = 500;
/** Lifetime of a connection without a certificate of the domain, which may only join. */
export const strangerMs = 10_000;

export const maxParamsBytes = 1024 * 1024;
export const maxJoinBytes = 64 * 1024;
/** One result, or one item of a stream: an inventory of a few thousand instances, a screenshot. */
export const maxResultBytes = 16 * 1024 * 1024;
/** A body this many times over its limit is abuse, not a mistake: its connection is cut. */
export const floodFactor = 16;
/** Parameters of a pipe travel in a header. */
export const maxHeaderParamsBytes = 8 * 1024;
export const maxConcurrentStreams = 1_000;
export const windowBytes = 16 * 1024 * 1024;

export const reportDelayMs = 300;
/** Links in one report: they must fit into `maxParamsBytes`. */
export const maxReportedLinks = 4_000;
