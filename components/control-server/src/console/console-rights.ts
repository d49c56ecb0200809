/** Open consoles end with the right to them: their gateway asks every moment whose session has ended. */
import { roleMay } from '@zhiyun/contracts';
import type { Sessions } from '../identity/sessions.ts';

/** Those of `sessionIds` whose session has ended, or whose user may not have a console any more. The others count as used. */
export async function endedConsoles(sessions: Sessions, sessionIds: readonly string[]): Promise<{ ended: string[] }> {
  const living = await sessions.living(sessionIds);
  const mayStay = (id: string) => {
    const principal = living.get(id);
    return principal !== undefined && roleMay(principal.role, 'instance:console');
  };
  return { ended: sessionIds.filter((id) => !mayStay(id)) };
}
