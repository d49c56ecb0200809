/** Checks a file of unknown content: inspect, hash, deep check, in this order, so that cheap refusals come first. */
import type { FileHandle } from 'node:fs/promises';
import { type ImageKind, say } from '@zhiyun/contracts';
import type { CheckedImage } from '@zhiyun/contracts/links';
import { PlatformError } from '@zhiyun/kernel';
import { hashFile } from '@zhiyun/service';
import { checkQcow2 } from './backend/qemu-img.ts';
import { type Inspection, inspectImage } from './image-inspector/index.ts';

export interface Question {
  kind: ImageKind;
  /** As declared by its owner. */
  sha256?: string | undefined;
}
export interface Watch {
  signal: AbortSignal;
  /** 0 to 1. */
  progress: (fraction: number) => void;
}

export async function inspectFile(file: FileHandle, sizeBytes: number, kind: ImageKind): Promise<Inspection> {
  const readAt = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  return inspectImage(readAt, sizeBytes, kind);
}

/** Throws `image-refused`, `image-wrong-kind` or `checksum-mismatch`. `hashed`: its SHA-256, where that is known already. */
export async function checkFile(
  file: FileHandle,
  question: Question,
  { signal, progress }: Watch,
  hashed?: Promise<string | undefined>,
): Promise<CheckedImage> {
  const { size: sizeBytes } = await file.stat();
  const { format, virtualSizeBytes } = await inspectFile(file, sizeBytes, question.kind);
  const onProgress = (bytes: number) => progress(bytes / sizeBytes);
  const sha256 = (await hashed) ?? (await hashFile(file, sizeBytes, { signal, onProgress }));
  if (question.sha256 !== undefined && question.sha256 !== sha256) {
    throw new PlatformError(
      'checksum-mismatch',
      say('refusal.checksum', { bytes: sizeBytes, found: sha256, wanted: question.sha256 }),
    );
  }
  if (format === 'qcow2') await checkQcow2(file, virtualSizeBytes, signal);
  return { format, sizeBytes, virtualSizeBytes, sha256 };
}
