/** Username and password. Plain elements: everybody meets this form first, and should not wait for a library of components. */
import type { User } from '@zhiyun/contracts';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DisplayError } from '../api/errors.ts';
import { loadChunk } from '../util/load-chunk.ts';
import { isFirstSignIn, signIn } from './session-door.ts';

export interface LoginFormProps {
  /** Somebody was signed in, and has been led here. */
  expired: boolean;
  /** The form stays busy until its promise has ended. */
  onSignedIn: (user: User) => void | Promise<void>;
}

interface FieldProps {
  name: 'username' | 'password';
  label: string;
  /** Shown when it was left empty. */
  missing: string | undefined;
}

function Field({ name, label, missing }: FieldProps) {
  const { t } = useTranslation('session');
  const id = useId();
  const [shown, setShown] = useState(false);
  const secret = name === 'password';
  return (
    <div className="door-field">
      <label htmlFor={id}>{label}</label>
      <div className="door-input">
        <input
          id={id}
          name={name}
          type={secret && !shown ? 'password' : 'text'}
          autoComplete={secret ? 'current-password' : 'username'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={secret ? 200 : 64}
          aria-invalid={missing !== undefined}
          aria-describedby={missing === undefined ? undefined : `${id}-missing`}
        />
        {secret && (
          <button
            type="button"
            className="door-reveal"
            aria-label={t(shown ? 'hidePassword' : 'showPassword')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
              <path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z" />
              <circle cx="12" cy="12" r="3" />
              {!shown && <path d="M4 20 20 4" />}
            </svg>
          </button>
        )}
      </div>
      {missing !== undefined && (
        <div id={`${id}-missing`} className="door-missing">
          {missing}
        </div>
      )}
    </div>
  );
}

function fieldOf(form: HTMLFormElement | null, name: FieldProps['name']): HTMLInputElement | undefined {
  return form?.querySelector<HTMLInputElement>(`input[name="${name}"]`) ?? undefined;
}

export function LoginForm({ expired, onSignedIn }: LoginFormProps) {
  const { t } = useTranslation('session');
  const form = useRef<HTMLFormElement>(null);
  const [tried, setTried] = useState<{ username: string; password: string }>();
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<DisplayError>();
  const [first, setFirst] = useState(false);
  useEffect(() => {
    void isFirstSignIn().then(setFirst);
    fieldOf(form.current, 'username')?.focus();
  }, []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (working || !form.current) return;
    const fields = new FormData(form.current);
    const username = String(fields.get('username')).trim();
    const password = String(fields.get('password'));
    setTried({ username, password });
    const missing = username === '' ? 'username' : password === '' ? 'password' : undefined;
    if (missing !== undefined) return fieldOf(form.current, missing)?.focus();
    setWorking(true);
    setProblem(undefined);
    try {
      await onSignedIn(await signIn(username, password));
    } catch (error) {
      const { displayError } = await loadChunk(() => import('../api/errors.ts'));
      setProblem(displayError(error));
      setWorking(false);
    }
  }

  const missing = (value: string | undefined, words: string) => (value === '' ? words : undefined);
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      {problem ? (
        <div role="alert" className="door-note door-problem">
          <strong>{problem.title}</strong>
          {problem.code !== 'wrong-credentials' && problem.detail !== undefined && <div>{problem.detail}</div>}
        </div>
      ) : (
        expired && <div className="door-note">{t('expired')}</div>
      )}
      <Field name="username" label={t('username')} missing={missing(tried?.username, t('usernameMissing'))} />
      <Field name="password" label={t('password')} missing={missing(tried?.password, t('passwordMissing'))} />
      <button type="submit" className="door-submit" aria-busy={working}>
        {t('submit')}
      </button>
      {first && <p className="door-hint">{t('firstHint')}</p>}
    </form>
  );
}
