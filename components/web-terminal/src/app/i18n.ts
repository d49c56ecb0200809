/**
 * Languages. The catalogues are split by page and language, and loaded when a page first asks; `common` and `errors` come
 * before the first page is drawn. Keys are typed by the Chinese catalogues.
 */
import i18n, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { loadChunk } from '../util/load-chunk.ts';
import { preferences } from './preferences.ts';

export const languages = ['zh-CN', 'en-US'] as const;
export type Language = (typeof languages)[number];

type CatalogueModule = { default: Record<string, unknown> };
/** Of a page: beside it. Of the frame and all pages: in `locales/`. */
const catalogues = {
  ...import.meta.glob<CatalogueModule>('../pages/*/{zh-CN,en-US}.ts'),
  ...import.meta.glob<CatalogueModule>('../locales/*-*/*.ts'),
};

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, done) {
    const load =
      catalogues[`../pages/${namespace}/${language}.ts`] ?? catalogues[`../locales/${language}/${namespace}.ts`];
    if (!load) return done(new Error(`There is no catalogue ${language}/${namespace}`), false);
    loadChunk(load).then(
      (module) => done(null, module.default),
      (error: Error) => done(error, false),
    );
  },
};

/** What the browser asks for, when the user has chosen nothing yet. Chinese first. */
export function browserLanguage(wanted: readonly string[] = navigator.languages): Language {
  const known = wanted.find((language) => /^(zh|en)\b/i.test(language));
  return known && /^en/i.test(known) ? 'en-US' : 'zh-CN';
}

export async function startI18n(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferences.get().language ?? browserLanguage(),
      supportedLngs: [...languages],
      fallbackLng: false,
      ns: ['common', 'errors'],
      defaultNS: 'common',
      // React escapes; error codes and event kinds hold dots and are looked up as plain keys.
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

export async function changeLanguage(language: Language): Promise<void> {
  preferences.set({ language });
  await i18n.changeLanguage(language);
}
