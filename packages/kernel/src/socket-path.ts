/** Longest path of a Unix socket: `sun_path` holds 108 bytes with its final zero. */
export const longestSocketPath = 107;
