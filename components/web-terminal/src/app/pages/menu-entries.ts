/** The main menu: the `menu.ts` of every page that has one, in their order. */
import type { PageMenu } from './page-menu.ts';

const modules = import.meta.glob<PageMenu>('../../pages/*/menu.ts', { eager: true, import: 'default' });

export const menuEntries: readonly PageMenu[] = Object.values(modules).sort((one, other) => one.order - other.order);
