/** Components and links: the rows of the public API. */
import { pageSchema } from '../fields.ts';
import { operationSchema } from '../operation/operation.ts';
import { byReference, route } from '../rest/route.ts';
import {
  componentSchema,
  linkSchema,
  listComponentsQuerySchema,
  listLinksQuerySchema,
  removeComponentSchema,
} from './component.ts';

export const componentRoutes = {
  listComponents: route({
    method: 'GET',
    path: '/components',
    policy: 'component:read',
    summary: 'List the components of the domain',
    status: 200,
    query: listComponentsQuerySchema,
    answer: pageSchema(componentSchema),
  }),
  getComponent: route({
    method: 'GET',
    path: '/components/{id}',
    policy: 'component:read',
    summary: 'One component',
    status: 200,
    params: byReference,
    answer: componentSchema,
  }),
  removeComponent: route({
    method: 'POST',
    path: '/components/{id}/remove',
    policy: 'component:write',
    summary: 'Drain a component, take it out of the domain and cut it off',
    status: 202,
    params: byReference,
    body: removeComponentSchema,
    answer: operationSchema,
  }),
  listLinks: route({
    method: 'GET',
    path: '/links',
    policy: 'component:read',
    summary: 'List the links between components',
    status: 200,
    query: listLinksQuerySchema,
    answer: pageSchema(linkSchema),
  }),
} as const;
