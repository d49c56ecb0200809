/** The parts of an OpenAPI 3.1 document that are worked on here. Everything else passes through. */
export interface Schema {
  [keyword: string]: unknown;
}
export interface MediaTypes {
  [type: string]: { schema?: Schema };
}
export interface Answer {
  description?: string;
  $ref?: string;
  headers?: Record<string, unknown>;
  content?: MediaTypes;
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: MediaTypes };
  responses: Record<string, Answer>;
  security?: unknown[];
  'x-policy'?: string;
}
export type PathItem = Record<string, Operation>;

export interface OpenApiDocument {
  openapi: string;
  info: Record<string, unknown>;
  paths: Record<string, PathItem>;
  components: {
    schemas: Record<string, Schema>;
    responses?: Record<string, Answer>;
    parameters?: Record<string, Parameter>;
    securitySchemes: Record<string, unknown>;
  };
  [part: string]: unknown;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
