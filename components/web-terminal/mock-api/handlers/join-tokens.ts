/** Join tokens; what they are for happens elsewhere (see `outside.ts`). */
import { domainIdSchema, joinTokenIdSchema } from '@zhiyun/contracts';
import { actorOf, type MockUser, type World } from '../db.ts';
import type { Some } from '../handler.ts';
import { MockError } from '../mock-error.ts';
import { seededId } from '../seed.ts';

const hidden = <Token extends { token: string }>({ token: _, ...shown }: Token) => shown;

function tell(world: World, what: string, id: string, roles: string[], user: MockUser): void {
  const domain = { id: domainIdSchema.parse(seededId('domain', 1)), name: 'zhiyun.lab' };
  world.tell({
    kind: `join-token.${what}`,
    subject: { kind: 'system', ...domain },
    data: { token: id, roles },
    actor: actorOf(user),
  });
}

export const joinTokenHandlers: Some<'listJoinTokens' | 'createJoinToken' | 'revokeJoinToken'> = {
  listJoinTokens: ({ world }) => ({ items: world.db.joinTokens.map(hidden) }),
  createJoinToken({ body, world, user }) {
    const now = Date.now();
    const token = {
      id: joinTokenIdSchema.parse(crypto.randomUUID()),
      roles: body.roles,
      expiresAt: new Date(now + body.expiresInSeconds * 1000).toISOString(),
      usesLeft: body.uses === undefined ? body.roles.length : body.uses,
      createdAt: new Date(now).toISOString(),
      createdBy: user.username,
      token: `zyj1.${crypto.randomUUID().replaceAll('-', '')}${crypto.randomUUID().replaceAll('-', '')}`,
    };
    world.db.joinTokens.unshift(token);
    tell(world, 'created', token.id, token.roles, user);
    return token;
  },
  revokeJoinToken({ params, world, user }) {
    const { db } = world;
    const token = db.joinTokens.find(({ id }) => id === params.id);
    if (!token) throw new MockError('not-found', `There is no join token "${params.id}".`);
    db.joinTokens = db.joinTokens.filter((each) => each !== token);
    tell(world, 'revoked', token.id, token.roles, user);
    return undefined;
  },
};
