/** One question to this machine. `mend` is what to do when the answer is not `ok`. */
export interface Finding {
  name: string;
  status: 'ok' | 'limited' | 'missing';
  /** What was found, and what follows from it. */
  detail: string;
  mend: string | null;
}

export type Check = () => Promise<Finding | readonly Finding[]>;

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail, mend: null });
export const limited = (name: string, detail: string, mend: string): Finding => ({
  name,
  status: 'limited',
  detail,
  mend,
});
export const missing = (name: string, detail: string, mend: string): Finding => ({
  name,
  status: 'missing',
  detail,
  mend,
});
