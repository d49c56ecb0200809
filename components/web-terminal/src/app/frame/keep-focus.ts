/**
 * Who uses the keyboard is not thrown back to the beginning when what had the focus goes away: a row that was deleted, a button
 * of a page that was left. The focus then goes to the heading of the page.
 */
import { useEffect } from 'react';

function heading(): HTMLElement | null {
  return document.querySelector('#content h1') ?? document.getElementById('content');
}

export function useKeepFocus(): void {
  useEffect(() => {
    let last: Element | null = null;
    const remember = ({ target }: FocusEvent) => {
      last = target instanceof Element ? target : null;
    };
    const watching = new MutationObserver(() => {
      if (!last || last.isConnected || document.activeElement !== document.body) return;
      // A page on its way has no heading yet; the next change looks again.
      const place = heading();
      if (!place) return;
      last = null;
      if (!place.hasAttribute('tabindex')) place.setAttribute('tabindex', '-1');
      place.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', remember);
    watching.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      watching.disconnect();
    };
  }, []);
}
