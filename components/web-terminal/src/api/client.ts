/** The one client of the REST API. The session is a cookie that scripts cannot read; nothing secret is kept here. */
import { createRestClient } from '@zhiyun/contracts/rest';
import { withTimeout } from './timeouts.ts';

export const api = createRestClient({ baseUrl: '', fetch: withTimeout((input, init) => fetch(input, init)) });
