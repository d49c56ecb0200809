/** Puts what the platform refused beside the field it is about; what fits no field goes over the form. */
import { problemOf } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import type { FormInstance } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import { type DisplayError, displayError, isSessionLost } from '../../api/errors.ts';

/** Path in the request's body (`disks.0.sizeBytes`) → field of the form. */
export type FieldOf = (path: string) => string | undefined;

export interface PlacedProblem {
  fields: { name: string; errors: string[] }[];
  /** What the form shows over its fields. */
  rest: DisplayError | undefined;
}

export function placeProblem(shown: DisplayError, fieldOf: FieldOf): PlacedProblem {
  const byField = new Map<string, string[]>();
  const unplaced = shown.fields.filter(({ path, message }) => {
    const name = fieldOf(path);
    if (name === undefined) return true;
    byField.set(name, [...(byField.get(name) ?? []), message]);
    return false;
  });
  const nameField = fieldOf('name');
  if (byField.size === 0 && shown.code === 'name-taken' && nameField) byField.set(nameField, [shown.title]);
  const all = byField.size > 0 && unplaced.length === 0;
  return {
    fields: [...byField].map(([name, errors]) => ({ name, errors })),
    rest: all ? undefined : { ...shown, fields: unplaced },
  };
}

/** Throws, as the platform would, what the contract says is wrong; so no request is made in vain. */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: z.input<Schema>): z.input<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return body;
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new RestError(problemOf({ code: 'invalid-request', detail: '', errors }));
}

export function useFormProblem<Values>(form: FormInstance<Values>, fieldOf: FieldOf) {
  const [problem, setProblem] = useState<DisplayError>();
  return {
    problem,
    clear: () => setProblem(undefined),
    show(error: unknown): void {
      if (isSessionLost(error)) return;
      const placed = placeProblem(displayError(error), fieldOf);
      form.setFields(placed.fields.map(({ name, errors }) => ({ name, errors }) as never));
      const [first] = placed.fields;
      if (first) form.scrollToField(first.name as never, { focus: true, block: 'center' });
      setProblem(placed.rest);
    },
  };
}
