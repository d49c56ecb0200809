/** The page before anybody is signed in: one card, and the switches that must work here already. */
import type { User } from '@zhiyun/contracts';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { changeLanguage, type Language, languages } from '../app/i18n.ts';
import { preferences, type ThemeChoice, themeChoices, usePreferences } from '../app/preferences.ts';
import { useDark } from '../app/use-dark.ts';
import './door.css';
import { LoginForm } from './login-form.tsx';

export interface DoorProps {
  expired: boolean;
  onSignedIn: (user: User) => void | Promise<void>;
}

function Switches() {
  const { t, i18n } = useTranslation();
  const { theme } = usePreferences();
  return (
    <div className="door-switches">
      <select
        aria-label={t('language.label')}
        value={i18n.language}
        onChange={({ target }) => void changeLanguage(target.value as Language)}
      >
        {languages.map((language) => (
          <option key={language} value={language} lang={language}>
            {t(`language.${language}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('theme.label')}
        value={theme}
        onChange={({ target }) => preferences.set({ theme: target.value as ThemeChoice })}
      >
        {themeChoices.map((choice) => (
          <option key={choice} value={choice}>
            {t(`theme.${choice}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Door({ expired, onSignedIn }: DoorProps) {
  const { t } = useTranslation(['session', 'common']);
  const dark = useDark();
  const title = t('welcome');
  const product = t('common:product');
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  }, [dark]);
  return (
    <main className="door" data-dark={dark}>
      <header>
        <span className="door-logo">
          <img src="/favicon.svg" width={28} height={28} alt="" />
          {product}
        </span>
        <Switches />
      </header>
      <div className="door-place">
        <section className="door-card">
          <h1>{title}</h1>
          <p className="door-tagline">{t('tagline')}</p>
          <LoginForm expired={expired} onSignedIn={onSignedIn} />
        </section>
      </div>
    </main>
  );
}
