/** The document as others read it: generators, linters, people. Pure: from what the route table gives to what is served. */
import { type Route, type RouteName, routes } from '@zhiyun/contracts/rest';
import type { OpenApiDocument, Operation, Parameter, PathItem } from './document.ts';
import { gatewayPaths } from './gateway-paths.ts';
import { problemAnswers, problemsOf } from './problems.ts';
import { answerSchema, openAnswer, requestMedia, requestSchema } from './published-schemas.ts';
import { tags } from './tags.ts';

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Any text of your own, up to 200 characters. The same request sent again with it begins nothing anew and is answered as the first time.',
  schema: { type: 'string', maxLength: 200 },
};
const lastEventId: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description:
    'For the live feed: begin behind this event. One that the platform does not know any more is answered by an event `reset`.',
  schema: { type: 'string' },
};

/** What each row is good for beyond its summary, from the row itself. */
function description({ policy, status, method }: Route): string {
  const may =
    policy === 'public'
      ? 'Anybody may ask.'
      : policy === 'signed-in'
        ? 'Whoever is signed in may ask.'
        : `Needs the permission \`${policy}\`.`;
  const begins =
    status === 202
      ? ' Answers at once with an operation that goes on by itself: `getOperation` with `waitSeconds` waits for its end.'
      : '';
  return may + (method === 'GET' ? '' : begins);
}

const liveFeed = {
  description:
    'Newest first. With `Accept: text/event-stream` the live feed instead: each event as `id` (its `seq`) and `data` (an Event); comments are signs of life. An event named `reset` says that the numbering has begun anew (a restored database): read everything afresh and go on from its `id`.',
};

function parametersOf(route: Route, given: Operation['parameters'] = []): Operation['parameters'] {
  const published = given.map((one) =>
    'schema' in one && one.schema ? { ...one, schema: requestSchema(one.schema) } : one,
  );
  const withId = published.map((one) =>
    'in' in one && one.in === 'path' ? { ...one, description: one.description ?? 'Id or name.' } : one,
  );
  return [
    ...withId,
    ...(route.status === 202 ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(route.path === '/events' ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
  ];
}

function publishOperation(operation: Operation): Operation {
  const route: Route | undefined = routes[operation.operationId as RouteName];
  if (!route) return operation;
  const { parameters: given, requestBody, responses, ...rest } = operation;
  const { default: _, ...answers } = responses;
  const parameters = parametersOf(route, given);
  const isFeed = operation.operationId === 'listEvents';
  const opened = Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const open = openAnswer(answer);
      const text = { 'text/event-stream': { schema: { type: 'string' } } };
      return [status, isFeed ? { ...open, content: { ...open.content, ...text } } : open];
    }),
  );
  return {
    ...rest,
    description: isFeed ? `${description(route)} ${liveFeed.description}` : description(route),
    ...(parameters && parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody: { ...requestBody, content: requestMedia(requestBody.content) } }),
    responses: { ...opened, ...problemsOf(route) },
  };
}

function publishPath(item: PathItem): PathItem {
  return Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, publishOperation(operation)]));
}

export function published(document: OpenApiDocument): OpenApiDocument {
  const { components, paths } = document;
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, answerSchema(schema)]),
  );
  // Any JSON value. Written out it refers to itself, which generators make code of that does not compile.
  schemas.Json = { description: 'Any JSON value.' };
  return {
    ...document,
    servers: [
      {
        url: 'https://{host}:{port}',
        description: 'The address that the platform prints when it starts; its authority is the file `ca.pem`.',
        variables: { host: { default: 'zhiyun.internal' }, port: { default: '8443' } },
      },
    ],
    tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
    paths: {
      ...Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, publishPath(item)])),
      ...(gatewayPaths as Record<string, PathItem>),
    },
    components: {
      ...components,
      schemas,
      responses: { ...problemAnswers },
      parameters: { IdempotencyKey: idempotencyKey, LastEventId: lastEventId },
    },
  };
}
