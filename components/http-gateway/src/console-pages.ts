/**
 * Serves the console: one document for all pages listed by its build in `pages.json` (`/instances/:id/:tab?`), and
 * precompressed files. Everything else is 404, for a browser as a page of the console.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { say } from '@zhiyun/contracts';
import { routesAt } from '@zhiyun/contracts/rest';
import type { Gateway, Request } from './gateway-app.ts';
import { fault, sendProblem } from './problem.ts';

const pagesFile = 'pages.json';

/** `:name` is one segment, `:name?` one or none. */
export function pagePattern(path: string): RegExp {
  const segments = path.split('/').filter(Boolean);
  const patterns = segments.map((segment) => {
    if (!segment.startsWith(':')) return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
    return segment.endsWith('?') ? '(?:/[^/]+)?' : '/[^/]+';
  });
  return new RegExp(`^${patterns.join('')}/?$`);
}

function pagesOf(directory: string): RegExp[] {
  const file = join(directory, pagesFile);
  const paths = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : ['/'];
  return paths.map(pagePattern);
}

export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}

function wantsPage({ headers }: Request): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

export function servePages(app: Gateway, directory: string): void {
  const built = existsSync(join(directory, 'index.html'));
  const pages = built ? pagesOf(directory) : [];
  if (built) {
    app.register(fastifyStatic, {
      root: directory,
      preCompressed: true,
      // What lies beside the pages for us is no page; everything else is asked for by its name.
      allowedPath: (path) => path !== `/${pagesFile}` && !path.startsWith('/.vite'),
      // Assets carry a hash in their name and never change; the page that names them must be asked for each time.
      setHeaders: (response, path) =>
        void response.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url);
    const { method } = request;
    const isPage = pages.some((page) => page.test(path));
    const allowed = isPage ? ['GET', 'HEAD'] : [...new Set(routesAt(path).map((row) => row.method))].sort();
    const reads = method === 'GET' || method === 'HEAD';
    if (isPage && reads) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '));
      const words = say('rest.method', { allowed: allowed.join(', '), method });
      return sendProblem(reply, fault('method-not-allowed', words));
    }
    if (built && reads && !path.startsWith('/api/') && wantsPage(request))
      return reply.code(404).header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(reply, fault('not-found', say('rest.nothing-here', { path })));
  });
}
