/** Every number of the wire in one place: how long silence may last and how much a stranger or a peer may send. */
import type { Backoff } from '@zhiyun/kernel';

export const heartbeatMs = 1_000;
export const suspectMs = 3_000;
export const goneMs = 5_000;
/**
 * Of links of a node, except with a Data Server: there are thousands, and the Data Servers watch both ends. As long as they say
 * that the peer is there, its link is beaten this often, and doubted when it has been silent for `doubtMs`.
 */
export const restingBeatMs = 6_000;
export const doubtMs = 9_000;
/** Silence that one who rested is held to have kept when it is doubted; less when its link is broken: that was a sign of life. */
export const doubtedMs = { connected: 1_500, broken: 500 };
/** A Data Server that has been silent for longer does not tell us anything. */
export const toldMs = 2_000;
/** How often silence is looked at: the error of `suspect` and `gone`. */
export const watchMs = 250;
/** The same where thousands are listened to: twice for each heartbeat. */
export const listenMs = heartbeatMs / 2;

/** Another try begins within about a second: who returns must not be kept waiting. */
export const redial: Backoff = { firstMs: 50, maxMs: 800 };
/** For peers of which the Data Server says that they are gone. */
export const redialGone: Backoff = { firstMs: 1_000, maxMs: 15_000 };

/** A link that stands answers a heartbeat sooner. */
export const answerMs = 500;
/** Until a machine takes the connection. Short: the next try sends its packets anew. */
export const connectTimeoutMs = 2_000;
/** From then until both have proven who they are. */
export const handshakeTimeoutMs = 5_000;
/** Of the first address before the next one is tried beside it. */
export const headStartMs = 300;
/** Handshakes cost milliseconds of CPU on both sides: with more at once, all would be late and none would succeed. */
export const handshakesAtOnce = 32;
/** Connections that stand and wait for their handshake: no more than can have it before the other end gives them up. */
export const dialsAtOnce = 256;
/** To machines of which the Data Servers say that they are gone: each may take its whole time, and they must not hold up the others. */
export const goneDialsAtOnce = 16;
/** What is done for very many connections is done for more than this. A Control Server leaves those to its nodes to a second thread; fewer are not worth its memory. */
export const crowd = 200;
/** As the system shows it. */
export const linkThreadName = 'zhiyun-links';
/** How often the link thread says whom it has heard. */
export const listenedMs = 100;
/** One that has said nothing for so long never will; one that has been busy for so long is taken at its word again. */
export const hungThreadMs = 15_000;
/** Items on their way from the link thread: with more, all streams are held back. */
export const maxUntakenChars = 8 * 1024 * 1024;
export const callTimeoutMs = 10_000;
/** A clean stop waits this long for streams to end. */
export const farewellMs = 500;
/** How long a stranger (who may only join) is listened to. */
export const strangerMs = 10_000;

export const maxParamsBytes = 1024 * 1024;
export const maxJoinBytes = 64 * 1024;
/** One result, or one item of a stream: an inventory of a few thousand instances, a screenshot. */
export const maxResultBytes = 16 * 1024 * 1024;
/** A body that is this many times larger than it may be is no mistake: its sender is cut off. */
export const floodFactor = 16;
/** Parameters of a pipe travel in a header. */
export const maxHeaderParamsBytes = 8 * 1024;
export const maxConcurrentStreams = 1_000;
export const windowBytes = 16 * 1024 * 1024;

export const reportDelayMs = 300;
/** Links in one report: they must fit into `maxParamsBytes`. */
export const maxReportedLinks = 4_000;
