/** What was told once and holds ever after: where the gateway and the links listen, and that instances are pretended. */
import { isLoopback } from '@zhiyun/link';
import { defaultListen, hostPort, type ListenAddress, parseHost, parseListen } from './listen-address.ts';

export interface ListenOptions {
  /** `HOST:PORT` of the gateway. */
  listen?: string | undefined;
  /** Host of the links. */
  linkListen?: string | undefined;
}

export interface ListenPlaces {
  listen: ListenAddress;
  linkHost: string;
}

/** What is typed goes before what was configured; links listen where the gateway does, when nothing else is said. */
export function listenPlaces(typed: ListenOptions, configured: ListenOptions): ListenPlaces {
  const text = typed.listen ?? configured.listen;
  const listen = text === undefined ? defaultListen() : parseListen(text);
  const linkText = typed.linkListen ?? configured.linkListen;
  return { listen, linkHost: linkText === undefined ? listen.host : parseHost(linkText, '--link-listen') };
}

export interface StartFacts extends ListenPlaces {
  typed: ListenOptions;
  configured: ListenOptions;
  simulated: boolean;
}

/** What is not as everybody would expect, and how to change it. */
export function startNotes({ typed, configured, simulated, listen, linkHost }: StartFacts): string[] {
  const notes: string[] = [];
  const address = hostPort(listen.host, listen.port);
  if (typed.listen !== undefined && typed.listen !== configured.listen)
    notes.push(`listens on ${address}, and does so at every later start; --listen changes it`);
  else if (typed.listen === undefined && configured.listen !== undefined)
    notes.push(`listens on ${address}, as told before; --listen changes it`);
  if (isLoopback(linkHost))
    notes.push('other servers cannot join: links listen on this machine only; --link-listen HOST changes it');
  if (simulated) notes.push('instances are only pretended (--simulated), now and at every later start');
  return notes;
}
