import type { ReactNode } from 'react';

/** Something a person can do. Never hidden: where it cannot be done, `reason` says why. */
export interface ActionItem {
  key: string;
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  /** Asked for, and not yet answered. */
  loading?: boolean;
  reason: string | undefined;
  run: () => void;
}
