/** Ids are UUIDs (v7) made by the platform; a brand per kind keeps a node id from being passed where an instance id is meant. */
import { z } from 'zod';

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function brandedId<Brand extends string>(brand: Brand) {
  return z.string().regex(uuidPattern, `is not a valid ${brand} id (a UUID)`).brand<Brand>();
}

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
