/** Contexts: the platforms that this user has signed in at, and which of them a command is for. Decisions only; files are beside. */

/** A session at one platform. The certificate of its authority tells one platform from another at the same address. */
export interface Context {
  url: string;
  token: string;
  username: string;
  caCertificate?: string | undefined;
  /** Of a platform on this machine: where its state lies. Its address is asked there anew, for it may change with every start. */
  home?: string | undefined;
  expiresAt?: string | undefined;
}

export interface Contexts {
  current: string | undefined;
  byName: Readonly<Record<string, Context>>;
}

/** What a platform says of itself in its home on this machine. */
export interface LocalPlatform {
  home: string;
  url: string;
  caCertificate: string;
}

export interface Wish {
  /** `--context`. */
  context?: string | undefined;
  /** `--url`. */
  url?: string | undefined;
  /** `$ZHIYUN_HOME`, when it is set. */
  home?: string | undefined;
}

export type Choice =
  /** `others`: there were others that could have been meant, and nobody said which. */
  | { name: string; context: Context; others: readonly string[] }
  | { missing: 'any' }
  | { missing: 'context'; name: string; known: readonly string[] }
  | { missing: 'url'; url: string; known: readonly string[] }
  | { missing: 'home'; home: string; url: string }
  | { missing: 'platform'; home: string };

/** `https://Cloud.example/` and `https://cloud.example:443` are one. */
export function sameAddress(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

function sameAuthority(one: string | undefined, other: string | undefined): boolean {
  return one?.trim() === other?.trim();
}

/** The context of the platform in a home; one that was there before and had another authority does not count. */
function contextOfHome({ byName }: Contexts, local: LocalPlatform): [string, Context] | undefined {
  const fitting = Object.entries(byName).filter(([, { caCertificate }]) =>
    sameAuthority(caCertificate, local.caCertificate),
  );
  return (
    fitting.find(([, { home }]) => home === local.home) ?? fitting.find(([, { url }]) => sameAddress(url, local.url))
  );
}

/** `localAt` reads what the platform in a home says of itself; undefined when none has run there. */
export function chooseContext(
  contexts: Contexts,
  { context, url, home }: Wish,
  localAt: (home: string) => LocalPlatform | undefined,
): Choice {
  const { byName, current } = contexts;
  const known = Object.keys(byName);
  const chosen = (name: string, others: readonly string[] = []): Choice => {
    const found = byName[name] as Context;
    const local = found.home === undefined ? undefined : localAt(found.home);
    const moved = local && sameAuthority(local.caCertificate, found.caCertificate);
    return { name, context: moved ? { ...found, url: local.url } : found, others };
  };
  if (context !== undefined) return byName[context] ? chosen(context) : { missing: 'context', name: context, known };
  if (url !== undefined) {
    const fits = (name: string) => sameAddress(byName[name]?.url ?? '', url);
    const name = current !== undefined && fits(current) ? current : known.find(fits);
    return name === undefined ? { missing: 'url', url, known } : chosen(name);
  }
  if (home !== undefined) {
    const local = localAt(home);
    if (!local) return { missing: 'platform', home };
    const found = contextOfHome(contexts, local);
    return found ? chosen(found[0]) : { missing: 'home', home, url: local.url };
  }
  const name = current !== undefined && byName[current] ? current : known.length === 1 ? known[0] : undefined;
  if (name === undefined) return { missing: 'any' };
  return chosen(
    name,
    known.filter((other) => other !== name),
  );
}

/** What a new session is called when nobody gives it a name: as the one it replaces, else by its address. */
export function nameFor({ byName }: Contexts, session: Context): string {
  const replaced = Object.entries(byName).find(
    ([, { url, home, username }]) =>
      username === session.username && (sameAddress(url, session.url) || (home !== undefined && home === session.home)),
  );
  if (replaced) return replaced[0];
  const base = new URL(session.url).host;
  let name = base;
  for (let number = 2; byName[name]; number++) name = `${base}-${number}`;
  return name;
}

/** Where only one is left, that one is meant from then on. */
export function without({ current, byName }: Contexts, name: string): Contexts {
  const { [name]: _, ...rest } = byName;
  const [first, ...others] = Object.keys(rest);
  const next = current === name ? (others.length === 0 ? first : undefined) : current;
  return { current: next, byName: rest };
}
