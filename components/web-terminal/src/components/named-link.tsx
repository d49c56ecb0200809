/** The name of another resource, with the way to it where it has a page. */
import type { Target } from '@zhiyun/contracts';
import { Typography } from 'antd';
import { Link } from 'react-router';
import { targetPath } from '../app/paths.ts';

export function TargetLink({ target }: { target: Target }) {
  const path = targetPath(target);
  return path ? <Link to={path}>{target.name}</Link> : <Typography.Text>{target.name}</Typography.Text>;
}
