/** The platform: the rows of the public API. */
import { z } from 'zod';
import { route } from '../rest/route.ts';
import { systemLoadSchema, systemSchema } from './system.ts';

export const systemRoutes = {
  getSystem: route({
    method: 'GET',
    path: '/system',
    policy: 'system:read',
    summary: 'The platform: version, capacity, load, counts',
    status: 200,
    answer: systemSchema,
  }),
  getSystemLoad: route({
    method: 'GET',
    path: '/system/load',
    policy: 'system:read',
    summary: 'Load of the platform over the last minutes',
    status: 200,
    answer: z.object({ items: z.array(systemLoadSchema) }),
  }),
} as const;
