/**
 * Proxies a display or serial console: a WebSocket opened with a single-use ticket becomes a byte pipe to the
 * instance's node. The ticket is the only credential: it is never logged, and the Origin check keeps other sites out.
 */
import type { IncomingMessage } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { say } from '@zhiyun/contracts';
import { type ConsoleKind, consoleKindSchema, controlServerLink, nodeClientLink } from '@zhiyun/contracts/links';
import { type Clock, type Logger, PlatformError } from '@zhiyun/kernel';
import type { Member, Peer } from '@zhiyun/link';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { ClientReader } from './client.ts';
import type { LiveControl } from './live-control.ts';
import { onlineNode } from './online-node.ts';
import { OpenConsoles } from './open-consoles.ts';
import { endWithProblem } from './problem.ts';
import { sameOrigin } from './same-site.ts';

const maxMessageBytes = 1024 * 1024;
const path = /^\/api\/v1\/consoles\/([a-z]+)\/([A-Za-z0-9_-]{16,128})$/;

interface OpenedConsole {
  readonly bytes: Duplex;
  readonly sessionId: string | undefined;
}

async function openConsole(
  { member, control, clock }: Pick<ConsoleServerOptions, 'member' | 'control' | 'clock'>,
  kind: ConsoleKind,
  ticket: string,
): Promise<OpenedConsole> {
  const redeem = (peer: Peer) => peer.as(controlServerLink).redeemTicket({ ticket, kind });
  // A ticket is good for once: of one whose answer was lost nobody can say whether it was used.
  const { instanceId, nodeId, sessionId } = await control.ask(redeem, { repeatable: false });
  const node = await onlineNode(member, nodeId, clock);
  const methods = node.as(nodeClientLink);
  const bytes = await (kind === 'display' ? methods.display({ instanceId }) : methods.serial({ instanceId }));
  return { bytes, sessionId };
}

function refuse(socket: Duplex, error: unknown): void {
  const told =
    error instanceof PlatformError ? error : new PlatformError('internal', say('gateway.console-not-opened'));
  endWithProblem(socket, told.toFault());
}

export interface ConsoleServerOptions {
  member: Member;
  control: LiveControl;
  clients: ClientReader;
  clock: Clock;
  log: Logger;
}

export function serveConsoles(
  server: Http2SecureServer,
  { member, control, clients, clock, log }: ConsoleServerOptions,
): AsyncDisposable {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // noVNC offers `binary`; what is not offered must not be chosen.
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  });

  const open = new OpenConsoles(control, clock, log);

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const match = path.exec(request.url ?? '');
      const kind = consoleKindSchema.safeParse(match?.[1]);
      if (!match?.[2] || !kind.success) throw new PlatformError('not-found', say('gateway.no-socket'));
      const client = clients.read((socket as Socket).remoteAddress, request.headers);
      if (!sameOrigin(request.headers, client.origin))
        throw new PlatformError('cross-site-request', say('gateway.cross-site-console'));
      const { bytes, sessionId } = await openConsole({ member, control, clock }, kind.data, match[2]);
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        open.add(webSocket, sessionId);
        const stream = createWebSocketStream(webSocket);
        // Either side's end ends the other; how it ended does not matter to anybody.
        pipeline(bytes, stream, bytes).catch((error: Error) =>
          log.debug({ kind: kind.data, error: error.message }, 'a console was cut'),
        );
      });
    } catch (error) {
      if (!(error instanceof PlatformError)) log.error({ err: error }, 'a console could not be opened');
      refuse(socket, error);
    }
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head);
  server.on('upgrade', onUpgrade);
  return {
    async [Symbol.asyncDispose]() {
      server.off('upgrade', onUpgrade);
      open[Symbol.dispose]();
      sockets.close();
    },
  };
}
