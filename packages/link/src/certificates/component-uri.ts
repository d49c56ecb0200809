/** `zhiyun://<domain id>/<component type>/<component id>`: the identity that a component's certificate proves. */
import { type ComponentId, componentIdSchema, type DomainId, domainIdSchema } from '@zhiyun/contracts';
import { type ComponentType, componentTypeSchema } from '@zhiyun/contracts/links';

export interface ComponentName {
  domainId: DomainId;
  type: ComponentType;
  id: ComponentId;
}

export function componentUri(name: ComponentName): string {
  return `zhiyun://${name.domainId}/${name.type}/${name.id}`;
}

/** Parses the text form of a subject alternative name (`URI:zhiyun://…`): exactly one name, or `undefined`. */
export function parseComponentUri(subjectAltName: string | undefined): ComponentName | undefined {
  const match = /^URI:zhiyun:\/\/([0-9a-f-]+)\/([a-z-]+)\/([0-9a-f-]+)$/.exec(subjectAltName ?? '');
  if (!match) return undefined;
  const domainId = domainIdSchema.safeParse(match[1]);
  const type = componentTypeSchema.safeParse(match[2]);
  const id = componentIdSchema.safeParse(match[3]);
  if (!domainId.success || !type.success || !id.success) return undefined;
  return { domainId: domainId.data, type: type.data, id: id.data };
}
