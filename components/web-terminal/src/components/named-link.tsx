/** The name of another resource, with the way to it where it has a page. */
import type { ToldTarget } from '@zhiyun/contracts';
import { Typography } from 'antd';
import { Link } from 'react-router';
import { targetPath } from '../app/pages/found-pages.ts';

/** A long name is cut, so that it pushes no column out of the window; the whole of it is in the tip. */
export function NameLink({ to, name }: { to: string; name: string }) {
  return (
    <Link to={to} title={name} className="name">
      {name}
    </Link>
  );
}

export function TargetLink({ target }: { target: ToldTarget }) {
  const path = targetPath(target);
  return path ? (
    <Link to={path} title={target.name} className="name in-text">
      {target.name}
    </Link>
  ) : (
    <Typography.Text title={target.name} className="name">
      {target.name}
    </Typography.Text>
  );
}
