/**
 * Undo inside one process: push the undo of each step done; `fail()` runs them backwards, `keep()` forgets them. For work
 * that must survive a crash use a transaction instead.
 */
export class Revert {
  readonly #undos: (() => Promise<void> | void)[] = [];

  push(undo: () => Promise<void> | void): void {
    this.#undos.push(undo);
  }
  keep(): void {
    this.#undos.length = 0;
  }
  /** Runs every undo even when one throws; throws the first error at the end. */
  async fail(): Promise<void> {
    let firstError: unknown;
    for (const undo of this.#undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        firstError ??= error;
      }
    }
    if (firstError !== undefined) throw firstError;
  }
}
