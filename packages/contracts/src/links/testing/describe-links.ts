/**
 * The link tables as JSON Schema: what a release says and takes. Run by itself it writes the present ones, which become a golden file when
 * a release goes out: `node packages/contracts/src/links/testing/describe-links.ts > packages/contracts/src/links/golden/release-<version>.json`
 */
import { z } from 'zod';
import { controlServerLink } from '../control-server.ts';
import { dataServerLink, joinAnswerSchema, joinRequestSchema } from '../data-server.ts';
import type { LinkMethod, LinkTable } from '../link-contract.ts';
import { nodeClientLink } from '../node-client.ts';
import { storageServerLink } from '../storage-server.ts';
import type { JsonSchema } from './accepts.ts';

const tables: readonly LinkTable[] = [controlServerLink, dataServerLink, nodeClientLink, storageServerLink];

/** Of a method, or of `POST /join`. */
export interface DescribedMethod {
  kind: string;
  callers: readonly string[];
  /** From the caller. */
  params: JsonSchema;
  /** To the caller; a pipe has none. */
  answer?: JsonSchema;
}

export function describeLinks(): Record<string, DescribedMethod> {
  const methods = tables.flatMap(({ server, methods }) =>
    Object.entries(methods).map(([name, method]) => [`${server}/${name}`, describe(method)] as const),
  );
  const join = { kind: 'call', callers: [], params: schemaOf(joinRequestSchema), answer: schemaOf(joinAnswerSchema) };
  return Object.fromEntries([...methods, ['join', join]]);
}

function describe(method: LinkMethod): DescribedMethod {
  const { callers, params } = method;
  // On the wire work is a stream.
  const kind = method.kind === 'work' ? 'stream' : method.kind;
  const answer = method.kind === 'call' ? method.result : method.kind === 'pipe' ? undefined : method.item;
  return { kind, callers, params: schemaOf(params), ...(answer && { answer: schemaOf(answer) }) };
}

/** As it travels: before defaults. What zod cannot say is anything. */
function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(describeLinks(), null, 2)}\n`);
