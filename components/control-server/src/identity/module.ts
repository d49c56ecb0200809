import { expireAccess } from './expire-access.ts';
import { identityHandlers } from './identity-handlers.ts';

/** Users and their sessions: what this folder gives to the Control Server. */
export const identityModule = {
  handlers: identityHandlers,
  backgroundTasks: (deps: Parameters<typeof expireAccess>[0]) => [expireAccess(deps)],
};
