/** What every form has in common, without its looks: sending once, what is wrong beside its field, the draft. */
import { useMutation } from '@tanstack/react-query';
import { Form, type FormInstance } from 'antd';
import { useId, useRef } from 'react';
import type { DisplayError } from '../../api/errors.ts';
import { type FieldOf, useFormProblem } from './form-problem.ts';
import { useDraft } from './use-draft.ts';

export interface SubmitFormOptions<Values extends object, Answer> {
  /** Path in the request → field of the form. */
  fieldOf: FieldOf;
  send: (values: Values) => Promise<Answer>;
  onDone: (answer: Answer, values: Values) => void | Promise<void>;
  /** Keeps what was typed under this name until it is sent or given up. Never for forms with secrets. */
  draft?: string | undefined;
}

export interface SubmitFormHandle<Values extends object> {
  /** Of the form element: buttons outside of it name it in their attribute `form`. */
  readonly id: string;
  readonly form: FormInstance<Values>;
  readonly working: boolean;
  readonly problem: DisplayError | undefined;
  /** The draft of an earlier visit. */
  readonly kept: Partial<Values> | undefined;
  keep(values: Partial<Values>): void;
  submit(values: Values): void;
  /** Closed without sending. */
  giveUp(): void;
}

export function useSubmitForm<Values extends object, Answer>(
  options: SubmitFormOptions<Values, Answer>,
): SubmitFormHandle<Values> {
  const { fieldOf, send, onDone, draft: draftName } = options;
  const id = useId();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, fieldOf);
  const draft = useDraft<Values>(draftName);
  /** Two quick Enters come before the first is drawn as working. */
  const underWay = useRef(false);
  const { mutate, isPending } = useMutation({
    mutationFn: async (values: Values) => send(values),
    onMutate: problem.clear,
    onError: problem.show,
    onSuccess(answer, values) {
      draft.drop();
      return onDone(answer, values);
    },
    onSettled: () => {
      underWay.current = false;
    },
  });
  return {
    id,
    form,
    working: isPending,
    problem: problem.problem,
    kept: draft.kept,
    keep: draft.keep,
    giveUp: draft.drop,
    submit(values) {
      if (underWay.current) return;
      underWay.current = true;
      mutate(values);
    },
  };
}
