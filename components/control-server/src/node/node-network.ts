/**
 * A node's report about its guest network: stored in its row, changes recorded as events. Several Control Servers
 * receive the same report; it is applied once, and an older one never wins within one life of the agent.
 */
import type { NetworkChange, NetworkFinding, NetworkReport, NodeId, Sentence } from '@zhiyun/contracts';
import { type KeptNetwork, type NewEvent, recordEvents, type Store } from '@zhiyun/store';

type News = Pick<NetworkChange, 'change' | 'finding' | 'by'>;

/** What is new in a report; undefined: it is older than, or the same as, what is known. Pure. */
export function networkNews(before: KeptNetwork | null, report: NetworkReport): News[] | undefined {
  const isSameLife = before?.life === report.life;
  if (isSameLife && report.sequence <= before.sequence) return undefined;
  const heard = isSameLife ? before.sequence : -1;
  const present = new Map((before?.findings ?? []).map((finding) => [keyOf(finding), finding]));
  const news: News[] = [];
  const take = (change: 'altered' | 'restored', finding: NetworkFinding, by: string | null) => {
    const key = keyOf(finding);
    if (present.has(key) === (change === 'altered')) return;
    if (change === 'altered') present.set(key, finding);
    else present.delete(key);
    news.push({ change, finding, by });
  };
  for (const { sequence, change, finding, by } of report.changes) if (sequence > heard) take(change, finding, by);
  // What came or went while nobody could say so.
  const now = new Set(report.findings.map(keyOf));
  for (const [key, finding] of [...present]) if (!now.has(key)) take('restored', finding, null);
  for (const finding of report.findings) take('altered', finding, null);
  return news;
}

export async function takeNetworkReport(store: Store, nodeId: NodeId, report: NetworkReport): Promise<void> {
  const known = await store.db.selectFrom('node').select('network').where('id', '=', nodeId).executeTakeFirst();
  if (!known || !networkNews(known.network, report)) return;
  await store.tx(async (tx) => {
    const node = await tx
      .selectFrom('node')
      .select(['name', 'network'])
      .where('id', '=', nodeId)
      .forUpdate()
      .executeTakeFirst();
    const news = node && networkNews(node.network, report);
    if (!news) return;
    const { life, sequence, findings } = report;
    const kept: KeptNetwork = { life, sequence, findings };
    await tx.updateTable('node').set({ network: kept }).where('id', '=', nodeId).execute();
    const subject = { kind: 'node', id: nodeId, name: node.name } as const;
    await recordEvents(
      tx,
      news.map(
        ({ change, finding: { kind, severity, detail, sentence }, by }): NewEvent => ({
          kind: `node.network-${change}`,
          severity: change === 'altered' ? severity : 'info',
          subject,
          data: { finding: kind, detail, sentence: asJson(sentence), by },
        }),
      ),
    );
  });
}

type Json = NonNullable<NewEvent['data']>[string];

/** It came as JSON. */
function asJson(sentence: Sentence): Json {
  return sentence as unknown as Json;
}

function keyOf({ kind, subject }: NetworkFinding): string {
  return `${kind} ${subject}`;
}
