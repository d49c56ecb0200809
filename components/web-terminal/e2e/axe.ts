/** What axe-core finds wrong with a page as it stands: every rule, best practices among them. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** `minor` is advice. */
const counted: readonly (string | null | undefined)[] = ['moderate', 'serious', 'critical'];

/**
 * A card of the domain's picture holds the facts of a component in columns; its name says the same facts in an order that can be
 * listened to. The name of the component, which is what somebody would say to reach it, is in both.
 */
const toldInAnotherOrder = (rule: string, html: string) =>
  rule === 'label-content-name-mismatch' && html.includes('react-flow__node');

/** Each finding as a line: rule, how bad, and where. */
export async function violations(page: Page): Promise<string[]> {
  // Legacy mode: without it axe opens pages of its own to look into frames, of which there are none. What passes is not described:
  // that is most of the work.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations: found } = await axe.analyze();
  return found
    .filter(({ impact }) => counted.includes(impact))
    .flatMap(({ id, impact, nodes }) =>
      nodes
        .filter(({ html }) => !toldInAnotherOrder(id, html))
        .map(({ target, failureSummary }) => `${id} (${impact}): ${target.join(' ')}: ${summary(failureSummary)}`),
    );
}

const summary = (text = '') => text.split('\n').slice(1, 3).join(' ').trim().slice(0, 220);
