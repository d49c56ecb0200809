import { operationKinds } from '@zhiyun/contracts';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';

/** In the language of the page. A newer platform may do what this page has no word for: then its own. */
export function operationKindName(kind: string): string {
  const known = operationKinds.find((each) => each === kind);
  return known ? i18n.t(`common:operationKind.${known}`) : kind;
}

export function OperationKindName({ kind }: { kind: string }) {
  useTranslation();
  return operationKindName(kind);
}
