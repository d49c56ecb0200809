/** The QEMU Machine Protocol as text: one JSON object per line, in both directions. Pure; no sockets here. */
import { z } from 'zod';

const objectSchema = z.record(z.string(), z.unknown());
const greetingSchema = z.object({ QMP: objectSchema });
const eventSchema = z.object({ event: z.string(), data: objectSchema.default({}) });
const failureSchema = z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.int().optional() });
const replySchema = z.object({ id: z.int(), value: z.unknown() });

export interface QmpEvent {
  name: string;
  data: Record<string, unknown>;
}

export type QmpMessage =
  | { kind: 'greeting' }
  | { kind: 'event'; event: QmpEvent }
  | { kind: 'reply'; id: number; value: unknown }
  | { kind: 'failure'; id: number | undefined; errorClass: string; description: string };

/** Throws on a line that is none of the four kinds of message. */
export function parseMessage(line: string): QmpMessage {
  const json = objectSchema.parse(JSON.parse(line));
  if ('return' in json) return { kind: 'reply', ...replySchema.parse({ id: json.id, value: json.return }) };
  if ('event' in json) {
    const { event: name, data } = eventSchema.parse(json);
    return { kind: 'event', event: { name, data } };
  }
  if ('error' in json) {
    const { id, error } = failureSchema.parse(json);
    return { kind: 'failure', id, errorClass: error.class, description: error.desc };
  }
  greetingSchema.parse(json);
  return { kind: 'greeting' };
}

export function renderCommand(id: number, command: string, parameters: object | undefined): string {
  return `${JSON.stringify({ execute: command, arguments: parameters, id })}\n`;
}

/** Far above any answer we ask for; a monitor that sends more is broken or hostile. */
const longestLine = 8 * 1024 * 1024;

/** Cuts a stream of text into lines; empty lines are dropped. */
export class LineSplitter {
  #rest = '';

  push(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine)
      throw new Error(`A line of the QEMU monitor is over ${longestLine} characters`);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  }
}
