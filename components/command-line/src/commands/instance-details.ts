/** One instance, whole, as people read it. */
import { formatBytes, type InstanceDetail } from '@zhiyun/contracts';
import { fieldList } from '../output.ts';
import { localTime } from '../times.ts';
import { fields } from '../words/columns.ts';
import { text } from '../words/language.ts';
import { about, aside, said } from '../words/said.ts';
import { term } from '../words/terms.ts';

function stopped({ stopReason, stopDetail }: InstanceDetail): string | undefined {
  if (stopReason === null) return undefined;
  return `${term('instance.stop-reason', stopReason)}${stopDetail ? aside(stopDetail) : ''}`;
}

export function instanceDetails(found: InstanceDetail): string {
  const { computePool, node, disks, iso, placement, operation } = found;
  return fieldList([
    [text(fields.name), found.name],
    [text(fields.id), found.id],
    [text(fields.state), term('instance.state', found.state)],
    [text(fields.since), localTime(found.stateSince)],
    [text(fields.stopped), stopped(found)],
    [text(fields.created), localTime(found.createdAt)],
    [text(fields.pool), computePool.name],
    [text(fields.node), node?.name],
    [text(fields.cores), String(found.cores)],
    [text(fields.memory), formatBytes(found.memoryBytes)],
    ...disks.map(
      ({ sizeBytes, image }) => [text(fields.disk), said.diskFrom(formatBytes(sizeBytes), image?.name)] as const,
    ),
    [text(fields.iso), iso?.name],
    [text(fields.address), found.address ?? undefined],
    [text(fields.mac), found.macAddress ?? undefined],
    [text(fields.operation), operation ?? undefined],
    ...placement.map(
      (candidate) => [text(fields.placement), about(candidate.node.name, candidate.reason ?? said.fits())] as const,
    ),
  ]);
}
