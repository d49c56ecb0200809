/** What Nova asks of OpenStack Placement: to know a machine, to propose candidates, to allocate on one of them. */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

/** Microversion: generations of consumers, mappings in the candidates. */
const version = 'placement 1.36';
const candidatesAsked = 10;

export interface Resources {
  VCPU: number;
  MEMORY_MB: number;
  DISK_GB: number;
}
interface Candidates {
  allocation_requests: { allocations: Record<string, { resources: Resources }> }[];
}

export class PlacementClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  async ping(): Promise<void> {
    await this.#ask('GET', '/');
  }

  async registerProvider(name: string, total: Resources): Promise<void> {
    const uuid = randomUUID();
    await this.#ask('POST', '/resource_providers', { name, uuid });
    const inventories = Object.fromEntries(Object.entries(total).map(([kind, amount]) => [kind, { total: amount }]));
    const body = { resource_provider_generation: 0, inventories };
    await this.#ask('PUT', `/resource_providers/${uuid}/inventories`, body);
  }

  /** Candidates, then an allocation on the first that takes it. Throws when none does. */
  async claim(resources: Resources): Promise<void> {
    const wanted = Object.entries(resources).map((pair) => pair.join(':'));
    const path = `/allocation_candidates?limit=${candidatesAsked}&resources=${wanted.join(',')}`;
    const { allocation_requests } = (await this.#ask('GET', path)) as Candidates;
    const consumer = { project_id: 'benchmark', user_id: 'benchmark', consumer_generation: null };
    const uuid = randomUUID();
    for (const { allocations } of allocation_requests) {
      const { status, text } = await this.#send('PUT', `/allocations/${uuid}`, { ...consumer, allocations });
      if (status === 204) return;
      // Another has changed the provider meanwhile.
      if (status !== 409) throw new Error(`PUT /allocations: ${status} ${text}`);
    }
    throw new Error(`Placement refused each of its own ${allocation_requests.length} candidates`);
  }

  /** Answers the body. Throws when refused. */
  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #send(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const headers = {
      'x-auth-token': 'admin',
      'openstack-api-version': version,
      ...(body && { 'content-type': 'application/json' }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const asked = request({ socketPath: this.#socketPath, agent: false, method, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
    return promise;
  }
}
