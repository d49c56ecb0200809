import { sshKeyHandlers } from './ssh-key-handlers.ts';

export const sshKeyModule = { handlers: sshKeyHandlers };
