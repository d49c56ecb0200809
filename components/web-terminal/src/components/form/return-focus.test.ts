// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest';
import { focusFirstField } from './return-focus.ts';

const field = (id: string) => document.getElementById(id) as HTMLInputElement;
beforeEach(() => {
  document.body.innerHTML =
    '<form id="f"><input type="radio" id="radio"><input id="name" value="web-1"><textarea id="note"></textarea></form>';
});

it('goes to the first field that one types into, with what stands in it selected', () => {
  focusFirstField('f');
  expect(document.activeElement).toBe(field('name'));
  expect([field('name').selectionStart, field('name').selectionEnd]).toEqual([0, 5]);
});

it('leaves alone who types already: a dialog may be used before it has opened to its end', () => {
  field('note').focus();
  focusFirstField('f');
  expect(document.activeElement).toBe(field('note'));
});
