/** What a made-up platform answers with. */
export const at = '2026-01-01T00:00:00.000Z';
export const page = (...items: object[]) => ({ body: { items, nextCursor: null } });
export const notFound = (detail: string, sentence?: object) => ({
  status: 404,
  body: { type: 'x', title: 'Not found', status: 404, code: 'not-found', detail, sentence },
});

export const instance = (name: string, state = 'running') => ({
  id: `id-of-${name}`,
  name,
  state,
  stateSince: at,
  stopReason: null,
  stopDetail: null,
  computePool: { id: 'p', name: 'default' },
  node: { id: 'n', name: 'rack1' },
  cores: 1,
  memoryBytes: 2 ** 30,
  disks: [{ id: 'd', sizeBytes: 2 ** 30, image: { id: 'i', name: 'debian' } }],
  iso: null,
  address: '100.64.0.2',
  macAddress: '52:54:00:12:34:56',
  createdAt: at,
  operation: null,
  placement: [],
});

export const operation = (kind: string, name: string, state = 'succeeded', error: object | null = null) => ({
  id: `op-${name}`,
  kind,
  state,
  target: { kind: 'instance', id: `id-of-${name}`, name },
  progress: 1,
  error,
  steps: [],
});
