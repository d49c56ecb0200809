import type { DomainId } from '@zhiyun/contracts';
import { expect, it } from 'vitest';
import { chooseDomain } from './choose-domain.ts';

const domain = (digit: number, name: string) => ({
  id: `018f0000-0000-7000-8000-00000000d00${digit}` as DomainId,
  name,
  dataServers: [{ host: `10.0.0.${digit}`, port: 7400 }],
});
const office = domain(1, 'office');
const plant = domain(2, 'plant');
const otherPlant = domain(3, 'plant');

it('takes the only one', () => {
  expect(chooseDomain([office])).toBe(office);
});

it('takes the one of the wanted name or id', () => {
  expect(chooseDomain([office, plant], 'plant')).toBe(plant);
  expect(chooseDomain([office, plant, otherPlant], otherPlant.id)).toBe(otherPlant);
});

it('asks which one of several', () => {
  expect(() => chooseDomain([plant, office])).toThrow(
    expect.objectContaining({
      code: 'invalid-request',
      message: expect.stringMatching(/"office", "plant".*--domain NAME/),
    }),
  );
});

it('asks for the id when names do not tell them apart', () => {
  expect(() => chooseDomain([office, plant, otherPlant], 'plant')).toThrow(
    expect.objectContaining({
      code: 'invalid-request',
      message: expect.stringContaining(`--domain ${plant.id} or --domain ${otherPlant.id}`),
    }),
  );
});

it('says the cure when there is none', () => {
  expect(() => chooseDomain([])).toThrow(
    expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('--data HOST[:PORT]') }),
  );
  expect(() => chooseDomain([office], 'plant')).toThrow(
    expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('There is "office"') }),
  );
});
