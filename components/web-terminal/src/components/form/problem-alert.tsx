import { Alert } from 'antd';
import type { DisplayError } from '../../api/errors.ts';

/** Over a form: what the platform refused that belongs to no field. */
export function ProblemAlert({ problem }: { problem: DisplayError | undefined }) {
  if (!problem) return null;
  // «Wrong username or password» says all there is to say.
  const detail = problem.code === 'wrong-credentials' ? undefined : problem.detail;
  const lines = [detail, ...problem.fields.map(({ path, message }) => `${path}: ${message}`)].filter(Boolean);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={problem.title}
      description={lines.length > 0 ? lines.map((line) => <div key={line}>{line}</div>) : undefined}
      style={{ marginBlockEnd: 16 }}
    />
  );
}
