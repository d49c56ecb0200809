/** What axe-core finds wrong with a page as it stands: every rule, best practices among them. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** `minor` is advice. */
const counted: readonly (string | null | undefined)[] = ['moderate', 'serious', 'critical'];

/** Each finding as a line: rule, how bad, and where. */
export async function violations(page: Page): Promise<string[]> {
  // Legacy mode: without it axe opens pages of its own to look into frames, of which there are none.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found
    .filter(({ impact }) => counted.includes(impact))
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${impact}): ${target.join(' ')}: ${summary(failureSummary)}`),
    );
}

const summary = (text = '') => text.split('\n').slice(1, 3).join(' ').trim().slice(0, 220);
