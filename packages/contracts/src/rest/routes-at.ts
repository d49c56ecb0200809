/** Which rows of the table an address belongs to: for saying what it takes, and what a repeated request would do. */
import { apiPrefix, type Route } from './route.ts';
import { routes } from './routes.ts';

const rows = Object.values(routes).map((row: Route) => ({
  row,
  pattern: new RegExp(`^${apiPrefix}${row.path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** `path` as it stands in a URL, without its query. */
export function routesAt(path: string): readonly Route[] {
  return rows.filter(({ pattern }) => pattern.test(path)).map(({ row }) => row);
}
