import type { PageCatalogues } from '../locales/catalogue.ts';
import type common from '../locales/zh-CN/common.ts';
import type errors from '../locales/zh-CN/errors.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: PageCatalogues & { common: typeof common; errors: typeof errors };
  }
}
