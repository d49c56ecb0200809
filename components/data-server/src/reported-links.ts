/** The links of one component, as it reports them while it is registered here. */
import type { ComponentId } from '@zhiyun/contracts';
import type { SeenLink } from '@zhiyun/contracts/links';

export interface LinkReport {
  whole: boolean;
  links: readonly SeenLink[];
  forgotten: readonly ComponentId[];
}

export class ReportedLinks {
  readonly #links = new Map<ComponentId, SeenLink>();

  take({ whole, links, forgotten }: LinkReport): void {
    if (whole) this.#links.clear();
    for (const link of links) this.#links.set(link.peer, link);
    for (const peer of forgotten) this.#links.delete(peer);
  }

  get all(): Iterable<SeenLink> {
    return this.#links.values();
  }
}
