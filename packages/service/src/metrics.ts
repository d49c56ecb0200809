/** OpenMetrics of a process: Node's own figures, among them the delay of the event loop; components add theirs. */
import { collectDefaultMetrics, Registry } from 'prom-client';

export function createMetrics(component: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ component });
  collectDefaultMetrics({ register: registry });
  return registry;
}
