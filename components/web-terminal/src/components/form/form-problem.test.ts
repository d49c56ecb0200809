import { createInstanceSchema } from '@zhiyun/contracts';
import { RestError } from '@zhiyun/contracts/rest';
import { expect, it } from 'vitest';
import type { DisplayError } from '../../api/errors.ts';
import { createFieldOf } from '../../pages/instances/create-form.ts';
import { checkBody, placeProblem } from './form-problem.ts';

const shown = (draft: Partial<DisplayError>): DisplayError => ({
  title: 'Not valid',
  detail: 'detail',
  code: 'invalid-request',
  fields: [],
  status: 400,
  ...draft,
});

it('puts every error beside its field, and says nothing over the form then', () => {
  const fields = [
    { path: 'disks.0.sizeBytes', message: 'too small' },
    { path: 'name', message: 'taken' },
    { path: 'name', message: 'ugly' },
  ];
  expect(placeProblem(shown({ fields }), createFieldOf)).toEqual({
    fields: [
      { name: 'diskBytes', errors: ['too small'] },
      { name: 'name', errors: ['taken', 'ugly'] },
    ],
    rest: undefined,
  });
});

it('keeps over the form what fits no field', () => {
  const fields = [
    { path: 'cores', message: 'too many' },
    { path: 'quota', message: 'used up' },
  ];
  const placed = placeProblem(shown({ fields }), createFieldOf);
  expect(placed.fields).toEqual([{ name: 'cores', errors: ['too many'] }]);
  expect(placed.rest?.fields).toEqual([{ path: 'quota', message: 'used up' }]);
});

it('knows that a taken name belongs to the field «name»', () => {
  const placed = placeProblem(shown({ code: 'name-taken', title: 'In use' }), createFieldOf);
  expect(placed).toEqual({ fields: [{ name: 'name', errors: ['In use'] }], rest: undefined });
});

it('shows a problem without fields over the form', () => {
  const placed = placeProblem(
    shown({ code: 'insufficient-capacity', detail: 'node-2: 1.2 GiB of memory short' }),
    createFieldOf,
  );
  expect(placed.fields).toEqual([]);
  expect(placed.rest?.detail).toBe('node-2: 1.2 GiB of memory short');
});

it('refuses a wrong body as the platform would, before it is sent', () => {
  const body = { name: 'web-1', cores: 0, memoryBytes: 2 ** 30 };
  const refused = () => checkBody(createInstanceSchema, body);
  expect(refused).toThrow(RestError);
  try {
    refused();
  } catch (error) {
    expect((error as RestError).problem.errors).toEqual([{ path: 'cores', message: 'must be at least 1' }]);
  }
  expect(checkBody(createInstanceSchema, { ...body, cores: 1 })).toEqual({ ...body, cores: 1 });
});
