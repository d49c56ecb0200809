/** The further actions, with the reason beside each that is disabled. */
import { EllipsisOutlined } from '@ant-design/icons';
import { Button, type ButtonProps, Dropdown, Flex, type MenuProps, Typography } from 'antd';
import { type ReactNode, useRef } from 'react';
import type { ActionItem } from './action-item.ts';

export interface ActionMenuProps {
  actions: readonly ActionItem[];
  /** For screen readers, with the name of what it acts on. */
  label: string;
  type?: ButtonProps['type'];
  children?: ReactNode;
}

export function menuItems(actions: readonly ActionItem[]): NonNullable<MenuProps['items']> {
  return actions.map(({ key, label, icon, danger, reason, run }) => ({
    key,
    icon,
    danger: danger ?? false,
    disabled: reason !== undefined,
    onClick: run,
    label:
      reason === undefined ? (
        label
      ) : (
        <Flex justify="space-between" align="baseline" gap="middle">
          <span>{label}</span>
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>
            {reason}
          </Typography.Text>
        </Flex>
      ),
  }));
}

export function ActionMenu({ actions, label, type = 'text', children }: ActionMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      // The menu goes away; a dialog that is opened from it gives the focus back to the button.
      menu={{ items: menuItems(actions), onClick: () => button.current?.focus() }}
    >
      <Button ref={button} type={type} icon={<EllipsisOutlined />} aria-label={label} aria-haspopup="menu">
        {children}
      </Button>
    </Dropdown>
  );
}
