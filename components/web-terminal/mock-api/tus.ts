/** The part of tus 1.0 that goes on with an upload: HEAD asks how much is there, PATCH brings more. The bytes are counted, not kept. */
import type { Image } from '@zhiyun/contracts';
import type { MockUser, World } from './db.ts';
import { bytesArrived } from './handlers/images.ts';
import { MockError } from './mock-error.ts';
import { found } from './paging.ts';

const tusHeaders = (image: Image) => ({
  'tus-resumable': '1.0.0',
  'upload-offset': String(image.uploadedBytes),
  'upload-length': String(image.sizeBytes),
  'cache-control': 'no-store',
});

export async function serveUpload(
  request: Request,
  id: string,
  world: World,
  user: MockUser,
  pace: number,
): Promise<Response> {
  const image = found(world.db.images, id, 'upload');
  if (image.state !== 'uploading') throw new MockError('wrong-state', `The image "${image.name}" waits for no upload.`);
  if (request.method === 'HEAD') return new Response(null, { status: 200, headers: tusHeaders(image) });
  if (request.method !== 'PATCH') throw new MockError('method-not-allowed', `${request.method} is not possible there.`);
  if (Number(request.headers.get('upload-offset')) !== image.uploadedBytes) {
    throw new MockError('upload-offset-mismatch', `The upload continues at byte ${image.uploadedBytes}.`);
  }
  for await (const part of request.body ?? []) bytesArrived(world, image, part.byteLength, user, pace);
  return new Response(null, { status: 204, headers: tusHeaders(image) });
}
