/**
 * Starts the console. Who is signed in gets it at once; anybody else first a small page to sign in at, behind which the console is
 * fetched while the password is typed.
 */
import type { User } from '@zhiyun/contracts';
import { createRoot } from 'react-dom/client';
import { startI18n } from './app/i18n.ts';
import './app/page.css';
import { paths, safeReturnPath } from './app/paths.ts';
import { expectedSession } from './door/expected-session.ts';
import { whoIsThere } from './door/session-door.ts';
import { loadChunk } from './util/load-chunk.ts';

const element = document.getElementById('root');
if (!element) throw new Error('index.html holds no element #root');
const root = createRoot(element);

const loadConsole = () => loadChunk(() => import('./app/app.tsx'));

async function showConsole(user: User | undefined): Promise<void> {
  const { App } = await loadConsole();
  root.render(<App user={user} />);
}

async function showDoor(): Promise<void> {
  const { Door } = await loadChunk(() => import('./door/door.tsx'));
  const { pathname, search } = window.location;
  const here = pathname === paths.login ? new URLSearchParams(search).get('from') : pathname + search;
  const from = here === paths.overview ? null : here;
  const query = from === null ? '' : `?from=${encodeURIComponent(from)}`;
  window.history.replaceState(null, '', paths.login + query);
  const enter = (user: User) => {
    window.history.replaceState(null, '', safeReturnPath(from));
    return showConsole(user);
  };
  root.render(<Door expired={from !== null && expectedSession.isExpected()} onSignedIn={enter} />);
  expectedSession.ends();
  // Once the form is drawn: fetched, and run only when it is wanted.
  setTimeout(() => void import('./app/app.tsx').catch(() => {}), 500);
}

// Whoever was signed in here last time most likely still is.
if (expectedSession.isExpected()) void import('./app/app.tsx').catch(() => {});
const [user] = await Promise.all([whoIsThere(), startI18n()]);
await (user === null ? showDoor() : showConsole(user));
