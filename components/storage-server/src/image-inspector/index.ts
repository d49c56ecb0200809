export type { ReadAt } from './bounded-reader.ts';
export { type Inspection, inspectImage } from './inspect-image.ts';
