/** `run-local.ts [members]`: the cluster on this machine until Ctrl-C; then everything of it is gone. */
import { LocalCluster } from './local-cluster.ts';

await using cluster = await LocalCluster.start(Number(process.argv[2] ?? 3));
console.log(`database.url   ${cluster.url}`);
for (const { name, port, restPort, directory } of cluster.members)
  console.log(
    `${name}        PostgreSQL ${port}, Patroni http://127.0.0.1:${restPort}/cluster, ${directory}/patroni.yml`,
  );
console.log('Ctrl-C ends it.');

const { promise: told, resolve } = Promise.withResolvers<void>();
const keepAlive = setInterval(() => {}, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
await told;
clearInterval(keepAlive);
