/** Whether this browser has had a session that nobody has ended: no secret, only which part of the console to fetch first. */
const key = 'zhiyun.signed-in';

export const expectedSession = {
  isExpected(): boolean {
    try {
      return localStorage.getItem(key) !== null;
    } catch {
      return false;
    }
  },
  begins(): void {
    try {
      localStorage.setItem(key, '1');
    } catch {
      // Storage is full or forbidden: the next visit takes a moment longer.
    }
  },
  ends(): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // As above.
    }
  },
};
