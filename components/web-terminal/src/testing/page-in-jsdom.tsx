/** One page in jsdom, with the console's own words in both languages; what it asks is caught where it would leave the browser. */
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import type { Role, User } from '@zhiyun/contracts';
import { App } from 'antd';
import i18n from 'i18next';
import { type ComponentType, Suspense } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { createQueryClient } from '../api/query-client.ts';
import { sessionKey } from '../api/session.ts';
import { type Language, startI18n } from '../app/i18n.ts';

export interface Asked {
  method: string;
  /** After `/api/v1`. */
  path: string;
  body: unknown;
}

export interface PageInJsdom {
  /** What was asked in this test, but for what only reads. */
  readonly sent: Asked[];
  open(language: Language, role?: Role): Promise<UserEvent>;
}

/** Nothing is laid out in jsdom: every query of the width fits, and nothing changes its size. */
function stubLayout(): void {
  const listening = { addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} };
  vi.stubGlobal('matchMedia', () => ({ matches: true, ...listening }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
}

/** Called once at the top of a test file. `answer`: the body, or undefined for 204; what it throws is a lost connection. */
export function pageInJsdom(
  Component: ComponentType,
  answer: (asked: Asked, query: URLSearchParams) => unknown,
): PageInJsdom {
  const sent: Asked[] = [];
  async function platform(input: RequestInfo | URL, { method = 'GET', body }: RequestInit = {}): Promise<Response> {
    const { pathname, searchParams } = new URL(String(input), 'http://x');
    const path = pathname.replace('/api/v1', '');
    const asked = { method, path, body: body ? JSON.parse(String(body)) : undefined };
    if (method !== 'GET') sent.push(asked);
    const answered = answer(asked, searchParams);
    return answered === undefined ? new Response(null, { status: 204 }) : Response.json(answered);
  }

  beforeAll(async () => {
    // The first drawing of a page takes seconds on a busy machine.
    configure({ asyncUtilTimeout: 10_000 });
    stubLayout();
    vi.stubGlobal('fetch', platform);
    await startI18n();
  });
  beforeEach(() => {
    sent.length = 0;
  });
  afterEach(cleanup);
  afterAll(() => vi.unstubAllGlobals());

  return {
    sent,
    async open(language, role = 'operator') {
      await i18n.changeLanguage(language);
      const client = createQueryClient();
      client.setQueryData(sessionKey, { id: 'u', username: 'ann', role } as unknown as User);
      const router = createMemoryRouter([{ path: '/', Component }]);
      render(
        <QueryClientProvider client={client}>
          <App>
            <Suspense>
              <RouterProvider router={router} />
            </Suspense>
          </App>
        </QueryClientProvider>,
      );
      return userEvent.setup({ applyAccept: false });
    },
  };
}
