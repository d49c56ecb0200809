/** The one client of the REST API. The session is a cookie that scripts cannot read; nothing secret is kept here. */
import { createRestClient } from '@zhiyun/contracts/rest';

export const api = createRestClient({ baseUrl: '' });
