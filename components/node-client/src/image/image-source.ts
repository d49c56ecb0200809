/** Source of image bytes, as the cache sees it. */
import type { ImageId } from '@zhiyun/contracts';

/** Receives the bytes of an image in order, without its holes. */
export interface ImageSink {
  /** What has come so far. */
  readonly end: number;
  write(piece: Buffer): Promise<void>;
  /** A hole up to there. */
  skipTo(position: number): Promise<void>;
}

/** Location of an image file on the Storage Server's own machine; meaningless elsewhere. */
export interface LocalFile {
  path: string;
  device: string;
  inode: string;
}

export interface ImageSource {
  /** Undefined when no Storage Server reports a path. */
  localFile(imageId: ImageId, signal: AbortSignal): Promise<LocalFile | undefined>;
  /**
   * Reads from the sink's end on. Throws `storage-unreachable` when no Storage Server has it now; resolves also when
   * the bytes end early.
   */
  read(imageId: ImageId, sink: ImageSink, signal: AbortSignal): Promise<void>;
}
