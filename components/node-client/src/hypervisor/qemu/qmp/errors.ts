/** Errors of a QEMU monitor. Never shown to users: `machine.ts` translates them. */

/** QEMU understood the command and refused it. */
export class QmpCommandError extends Error {
  readonly command: string;
  /** QEMU's error class, mostly `GenericError`. */
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`${command}: ${description}`);
    this.name = 'QmpCommandError';
    this.command = command;
    this.errorClass = errorClass;
  }
}

/** The connection is gone, so the fate of the command is unknown. */
export class QmpClosedError extends Error {
  constructor(doing: string) {
    super(`${doing}: the connection to the QEMU monitor is closed`);
    this.name = 'QmpClosedError';
  }
}

/** QEMU did not answer in time; it may still carry out the command. */
export class QmpTimeoutError extends Error {
  constructor(doing: string, timeoutMs: number) {
    super(`${doing}: no answer from the QEMU monitor within ${timeoutMs} ms`);
    this.name = 'QmpTimeoutError';
  }
}
