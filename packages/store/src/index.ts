/** Placeholder types until the store is built; replaced in the same session. */
export type Tx = unknown;
