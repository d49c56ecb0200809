import { Col, Row, theme } from 'antd';
import { Children, type ReactNode } from 'react';

/** Four charts in one row, two or one, as they fit: never three and one. */
export function ChartGrid({ children }: { children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Row gutter={[token.margin, token.margin]}>
      {Children.map(children, (chart) => (
        <Col xs={24} md={12} xxl={6}>
          {chart}
        </Col>
      ))}
    </Row>
  );
}
