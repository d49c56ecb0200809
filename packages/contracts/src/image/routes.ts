/** Images: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { operationSchema } from '../operation/operation.ts';
import { byReference, route } from '../rest/route.ts';
import {
  createImageSchema,
  imageSchema,
  importImageSchema,
  listImagesQuerySchema,
  moveImageSchema,
  updateImageSchema,
} from './image.ts';

export const imageRoutes = {
  listImages: route({
    method: 'GET',
    path: '/images',
    policy: 'image:read',
    summary: 'List images',
    status: 200,
    query: listImagesQuerySchema,
    answer: pageSchema(imageSchema),
  }),
  createImage: route({
    method: 'POST',
    path: '/images',
    policy: 'image:write',
    summary: 'Open an upload; send the bytes to `uploadUrl` (tus 1.0)',
    status: 201,
    body: createImageSchema,
    answer: imageSchema,
  }),
  importImage: route({
    method: 'POST',
    path: '/images/import',
    policy: 'image:import',
    summary: 'Import a file on the server',
    status: 202,
    body: importImageSchema,
    answer: operationSchema,
  }),
  getImage: route({
    method: 'GET',
    path: '/images/{id}',
    policy: 'image:read',
    summary: 'One image',
    status: 200,
    params: byReference,
    answer: imageSchema,
  }),
  updateImage: route({
    method: 'PATCH',
    path: '/images/{id}',
    policy: 'image:write',
    summary: 'Rename or describe an image',
    status: 200,
    params: byReference,
    body: updateImageSchema,
    answer: imageSchema,
  }),
  moveImage: route({
    method: 'POST',
    path: '/images/{id}/move',
    policy: 'image:write',
    summary: 'Move an image to another Storage Server; it can be used all the while',
    status: 202,
    params: byReference,
    body: moveImageSchema,
    answer: operationSchema,
  }),
  deleteImage: route({
    method: 'DELETE',
    path: '/images/{id}',
    policy: 'image:write',
    summary: 'Delete an image that no disk uses',
    status: 202,
    params: byReference,
    answer: operationSchema,
  }),
} as const;
