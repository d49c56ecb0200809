/** A button that says why it is disabled: to the pointer, to the keyboard and to screen readers. */
import { Button, type ButtonProps, Tooltip } from 'antd';
import { useId } from 'react';
import type { ActionItem } from './action-item.ts';

export interface ActionButtonProps {
  action: ActionItem;
  type?: ButtonProps['type'];
  size?: ButtonProps['size'];
  iconOnly?: boolean;
  loading?: boolean;
}

export function ActionButton({ action, type, size, iconOnly = false, loading = false }: ActionButtonProps) {
  const reasonId = useId();
  const { label, icon, danger, reason, run } = action;
  const disabled = reason !== undefined;
  return (
    <Tooltip title={reason ?? (iconOnly ? label : undefined)}>
      {/* A disabled button takes neither pointer nor focus; its wrapper does, so that the reason can be had. */}
      <span
        style={{ display: 'inline-flex', cursor: disabled ? 'not-allowed' : undefined }}
        tabIndex={disabled ? 0 : undefined}
      >
        <Button
          {...(type ? { type } : {})}
          {...(size ? { size } : {})}
          icon={icon}
          danger={danger ?? false}
          disabled={disabled}
          loading={loading || (action.loading ?? false)}
          onClick={run}
          {...(iconOnly ? { 'aria-label': label } : {})}
          {...(disabled ? { 'aria-describedby': reasonId, style: { pointerEvents: 'none' } } : {})}
        >
          {iconOnly ? null : label}
        </Button>
        {disabled && (
          <span id={reasonId} className="visually-hidden">
            {reason}
          </span>
        )}
      </span>
    </Tooltip>
  );
}
