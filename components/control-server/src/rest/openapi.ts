/** The route table as an OpenAPI 3.1 document. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { eventSchema, fieldErrorSchema, problemSchema, sessionCookiePrefix } from '@zhiyun/contracts';
import type { Route, RouteName } from '@zhiyun/contracts/rest';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OpenApiDocument } from './openapi/document.ts';
import { kindSchemas } from './openapi/kind-schemas.ts';
import { published } from './openapi/published.ts';
import { problemContentType } from './problem.ts';

/** Schemas with a name of their own in the document; all others are written out where they stand. */
const namedSchemas = z.registry<{ id?: string | undefined }>();
const named: Record<string, z.ZodType> = {
  ...kindSchemas(),
  FieldError: fieldErrorSchema,
  Problem: problemSchema,
  /** Refers to itself, so it must have a name. */
  Json: eventSchema.shape.data.valueType,
};
for (const id of Object.keys(named).sort()) namedSchemas.add(named[id] as z.ZodType, { id });

const withNamedSchemas = createJsonSchemaTransformObject({ schemaRegistry: namedSchemas });
type Transform = typeof withNamedSchemas;
/** Every named schema comes in two forms, as sent (`…Input`) and as answered; requests name none of them. */
const publish: Transform = (document) => {
  const complete = withNamedSchemas(document) as unknown as OpenApiDocument;
  const { schemas } = complete.components;
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
  return published(complete) as unknown as ReturnType<Transform>;
};

/** `version` is the product's: which fields an answer holds goes with it. */
export function swaggerOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Zhiyun 致云',
        version,
        description:
          'Everything the console can do. Actions answer 202 with an operation; errors are problem+json (RFC 9457) with a stable `code`. Requests are closed: a field that is not described is refused. Answers are open: a newer version may add fields, and a client must bear those that it does not know.',
        license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
        contact: { name: 'Whoever runs this platform' },
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: `${sessionCookiePrefix}-domain`,
            description: 'Of browsers, set by signing in. In place of `domain` stands an identifier of the platform.',
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry: namedSchemas }),
    transformObject: publish,
  };
}

/** What Fastify needs to parse and answer a row, and what the document says about it. */
export function routeSchema(name: RouteName, route: Route) {
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.path.split('/')[1] ?? ''],
    'x-policy': route.policy,
    security: route.policy === 'public' ? [] : [{ bearer: [] }, { cookie: [] }],
    ...(route.params ? { params: route.params } : {}),
    ...(route.query ? { querystring: route.query } : {}),
    ...(route.body ? { body: route.body } : {}),
    response: {
      [route.status]: answerSchema(route),
      default: { description: 'A problem', content: { [problemContentType]: { schema: problemSchema } } },
    },
  };
}

function answerSchema(route: Route) {
  if (route.contentType) {
    return { description: route.summary, content: { [route.contentType]: { schema: z.string() } } };
  }
  return route.answer ?? z.undefined().describe('Done');
}
