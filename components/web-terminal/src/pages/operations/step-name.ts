import i18n, { type TFunction } from 'i18next';
import type operations from './zh-CN.ts';

type StepName = keyof typeof operations.step;
const isKnown = (name: string): name is StepName => i18n.exists(`operations:step.${name}`);

/** A step of a newer platform goes by its own name. */
export function stepName(name: string, t: TFunction<'operations'>): string {
  return isKnown(name) ? t(`step.${name}`) : name;
}
