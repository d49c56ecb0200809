/** A button over a console: with its words where there is room for them, with the icon alone where there is none. */
import { Button, type ButtonProps, Grid, Tooltip } from 'antd';
import type { ReactNode, Ref } from 'react';

interface ToolButtonProps extends Pick<ButtonProps, 'onClick' | 'disabled'> {
  icon: ReactNode;
  label: string;
  ref?: Ref<HTMLButtonElement>;
  /** A button that opens a menu. */
  menu?: boolean;
}

export function ToolButton({ icon, label, menu = false, ref, ...rest }: ToolButtonProps) {
  const roomy = Grid.useBreakpoint().xl ?? true;
  const button = (
    <Button
      {...rest}
      {...(ref ? { ref } : {})}
      icon={icon}
      aria-label={label}
      {...(menu ? { 'aria-haspopup': 'menu' } : {})}
    >
      {roomy ? label : null}
    </Button>
  );
  return roomy || menu ? button : <Tooltip title={label}>{button}</Tooltip>;
}
