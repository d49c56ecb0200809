/** Components (组件) of the domain and the links (链路) between them, as the API shows them. */
import { z } from 'zod';
import { pageQueryFields, referenceSchema, searchSchema, timestampSchema } from '../fields.ts';
import { componentIdSchema } from '../ids.ts';
import { componentTypeSchema } from '../links/component.ts';

/** `suspect`: silent for 3 s. `gone`: silent for 5 s, or it said goodbye. */
export const componentStates = ['online', 'suspect', 'gone'] as const;
export const componentStateSchema = z.enum(componentStates);
export type ComponentState = z.infer<typeof componentStateSchema>;

export const componentSchema = z.object({
  id: componentIdSchema,
  type: componentTypeSchema,
  /** Of its machine, as it calls itself. */
  name: z.string(),
  state: componentStateSchema,
  since: timestampSchema,
  /** Where its links listen, best first; empty before it was first heard of. */
  addresses: z.array(z.string()),
  version: z.string(),
  /** The same for components of one machine: they form one host in the picture. */
  machine: z.string(),
  joinedAt: timestampSchema,
  /** How far its clock was ahead of (or, negative, behind) the domain's when it last registered. */
  clockSkewMs: z.int(),
});
export type Component = z.infer<typeof componentSchema>;

export const listComponentsQuerySchema = z.strictObject({
  ...pageQueryFields,
  type: componentTypeSchema.optional(),
  state: componentStateSchema.optional(),
  search: searchSchema.optional(),
});

export const linkStates = ['connecting', 'online', 'suspect', 'gone'] as const;
export const linkStateSchema = z.enum(linkStates);
export type LinkState = z.infer<typeof linkStateSchema>;

/** One direction of an association: `from` is connected to `to` and says what it sees of it. */
export const linkSchema = z.object({
  from: componentIdSchema,
  to: componentIdSchema,
  state: linkStateSchema,
  since: timestampSchema,
});
export type Link = z.infer<typeof linkSchema>;

export const listLinksQuerySchema = z.strictObject({
  ...pageQueryFields,
  /** Id or name of a component: its links only, in both directions. */
  component: referenceSchema.optional(),
  /** In a large domain nobody asks for all links, but for those that are not as they should be. */
  state: linkStateSchema.optional(),
});

/** Whoever restarts its machine is back by then. */
export const lostAfterSeconds = 60;

export const removeComponentSchema = z.strictObject({
  /**
   * A machine that will never come back: not asked for anything. Only once it has been gone for `lostAfterSeconds`. Instances
   * of a node become `lost`; their disks are not touched.
   */
  lost: z.boolean().default(false),
});
