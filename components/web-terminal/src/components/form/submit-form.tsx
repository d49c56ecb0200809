/**
 * The one form. Enter sends it from every one-line field, Ctrl-Enter (⌘-Enter) from many-line ones, and what is wrong takes the
 * focus. Its submit button stands inside, or names the form by its id: both are one to the browser.
 */
import { Form, type FormProps } from 'antd';
import type { KeyboardEvent, ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';
import type { SubmitFormHandle } from './use-submit-form.ts';

export interface SubmitFormProps<Values extends object> {
  of: SubmitFormHandle<Values>;
  initialValues?: Partial<Values>;
  size?: FormProps['size'];
  /** Over the fields, unless something went wrong. */
  note?: ReactNode;
  children: ReactNode;
}

export function SubmitForm<Values extends object>({
  of,
  initialValues,
  size,
  note,
  children,
}: SubmitFormProps<Values>) {
  const { id, form, problem, kept } = of;
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.submit();
  }
  return (
    <Form<Values>
      name={id}
      form={form}
      layout="vertical"
      requiredMark={false}
      {...(size ? { size } : {})}
      initialValues={{ ...initialValues, ...kept }}
      onFinish={of.submit}
      onValuesChange={(_, values: Values) => of.keep(values)}
      onKeyDown={onKeyDown}
      scrollToFirstError={{ focus: true, block: 'center' }}
    >
      {problem ? <ProblemAlert problem={problem} /> : note}
      {children}
    </Form>
  );
}
