/** What was compiled once is found again, as with the launcher. */
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';

enableCompileCache(resolve(import.meta.dirname, '../../../.runtime/compile-cache'));
