/** Addresses that are no rows of the route table, because they speak something else than JSON: uploads (tus) and consoles (WebSocket). */
import { apiPrefix } from '@zhiyun/contracts/rest';
import type { Answer, Parameter, PathItem } from './document.ts';
import { problemReference } from './problems.ts';

const signedIn = [{ bearer: [] }, { cookie: [] }];
const integer = { type: 'integer', format: 'int64', minimum: 0 };

const imageId: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the image whose bytes are sent, as in its `uploadUrl`.',
  schema: { type: 'string' },
};
const tusVersion: Parameter = {
  name: 'Tus-Resumable',
  in: 'header',
  required: true,
  description: 'Version of the protocol.',
  schema: { type: 'string', enum: ['1.0.0'] },
};
const offset: Parameter = {
  name: 'Upload-Offset',
  in: 'header',
  required: true,
  description: 'How many bytes are there already; must be what HEAD answers.',
  schema: integer,
};
const offsetHeader = { description: 'How many bytes have arrived.', schema: integer };
const versionHeader = { description: 'Version of the protocol.', schema: { type: 'string' } };

const problems: Record<string, Answer> = {
  401: problemReference('Unauthorized'),
  403: problemReference('Forbidden'),
  404: problemReference('NotFound'),
  default: problemReference('Problem'),
};

const content: PathItem = {
  head: {
    operationId: 'getUploadOffset',
    summary: 'How much of an upload has arrived',
    description: 'tus 1.0: from here an upload that was cut goes on. Needs the permission `image:write`.',
    tags: ['images'],
    'x-policy': 'image:write',
    security: signedIn,
    parameters: [imageId, tusVersion],
    responses: {
      200: {
        description: 'The state of the upload',
        headers: {
          'Tus-Resumable': versionHeader,
          'Upload-Offset': offsetHeader,
          'Upload-Length': { description: 'Size of the whole file.', schema: integer },
        },
      },
      ...problems,
    },
  },
  patch: {
    operationId: 'sendUpload',
    summary: 'Send bytes of an upload, from its offset on',
    description:
      'tus 1.0. With the last byte the platform begins to check the file; the image tells how that goes. Needs the permission `image:write`.',
    tags: ['images'],
    'x-policy': 'image:write',
    security: signedIn,
    parameters: [imageId, tusVersion, offset],
    requestBody: {
      required: true,
      content: { 'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    responses: {
      204: {
        description: 'They have arrived',
        headers: { 'Tus-Resumable': versionHeader, 'Upload-Offset': offsetHeader },
      },
      409: problemReference('Conflict'),
      ...problems,
    },
  },
};

/** No operation: a WebSocket is opened by GET but answered by no status that OpenAPI's tools take for a success. */
const consoles = {
  summary: 'The console that a ticket is for (WebSocket)',
  description:
    'The address comes whole, as `url` of `createDisplayTicket` or `createSerialTicket`; the ticket in it is the only credential, good for 30 s and for once. Messages are binary: RFB (VNC) for `display`, the bytes of the serial line for `serial`. A page may offer the subprotocol `binary`. Refusals are problem+json with 403 or 404.',
  parameters: [
    { name: 'kind', in: 'path', required: true, schema: { type: 'string', enum: ['display', 'serial'] } },
    { name: 'ticket', in: 'path', required: true, schema: { type: 'string' } },
  ],
};

export const gatewayPaths: Readonly<Record<string, object>> = {
  [`${apiPrefix}/images/{id}/content`]: content,
  [`${apiPrefix}/consoles/{kind}/{ticket}`]: consoles,
};
