/** Where an image comes from, as the cache sees it. */
import type { ImageId } from '@zhiyun/contracts';

/** Takes the bytes of an image in order, without its holes. */
export interface ImageSink {
  /** What has come so far. */
  readonly end: number;
  write(piece: Buffer): Promise<void>;
  /** A hole up to there. */
  skipTo(position: number): Promise<void>;
}

/** What a Storage Server says of its file. It means something on the machine of that Storage Server only. */
export interface LocalFile {
  path: string;
  device: string;
  inode: string;
}

export interface ImageSource {
  /** Undefined when nobody says where it is. */
  localFile(imageId: ImageId, signal: AbortSignal): Promise<LocalFile | undefined>;
  /** From where the sink ends. Throws `storage-unreachable` when nobody has it now; resolves, too, when the bytes end early. */
  read(imageId: ImageId, sink: ImageSink, signal: AbortSignal): Promise<void>;
}
