/** Kinds whose commands come from the columns that they declare. Their groups are called like themselves. */
import { allKinds } from '@zhiyun/contracts';

export const plainKinds = allKinds.filter(({ columns }) => columns !== undefined);
export const plainKind = (name: string) => plainKinds.find((kind) => kind.name === name);
