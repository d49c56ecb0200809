import { v7 } from 'uuid';

/** A new UUIDv7, branded as the caller's kind of id: `newId<InstanceId>()`. */
export function newId<Id extends string>(): Id {
  return v7() as Id;
}
