/** What `pages/<kind>/menu.ts` says: its entry in the main menu. */
import type { ComponentType } from 'react';

export interface PageMenu {
  /** The entry is marked on all pages whose address begins so. */
  readonly path: string;
  /** By tens, so that another page fits between two. */
  readonly order: number;
  readonly label: { readonly 'zh-CN': string; readonly 'en-US': string };
  readonly icon: ComponentType;
}
