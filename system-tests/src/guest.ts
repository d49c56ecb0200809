import { join } from 'node:path';
import { buildTestGuest, type TestGuest } from '@zhiyun/guest-image';

/** The test guest, from the checkout's cache. */
export function testGuest(): Promise<TestGuest> {
  return buildTestGuest({ cacheDirectory: join(import.meta.dirname, '../../.cache') });
}
