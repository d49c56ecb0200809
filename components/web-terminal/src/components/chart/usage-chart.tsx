/** A titled live chart with its present value in words, which is what a screen reader gets. */
import { Card, Flex, Skeleton, Typography, theme } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { lazyChunk } from '../../util/load-chunk.ts';
import { axisTop } from './axis-top.ts';

export interface ChartSeries {
  name: string;
  /** Time in milliseconds, value. */
  points: [number, number][];
}

export interface LineChartProps {
  series: ChartSeries[];
  format: (value: number) => string;
  /** Top of the axis. */
  max: number;
  height: number;
  label: string;
}

const LineChart = lazyChunk(() => import('./line-chart.tsx'));
const height = 168;

export interface UsageChartProps {
  title: string;
  series: ChartSeries[];
  format: (value: number) => string;
  /** Top of the axis; without it, the data decide (bytes). */
  max?: number;
}

export function UsageChart({ title, series, format, max }: UsageChartProps) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const now = series
    .map(({ name, points }) => {
      const value = points.at(-1)?.[1];
      if (value === undefined) return '';
      return series.length > 1 ? `${name} ${format(value)}` : format(value);
    })
    .join(' · ');
  const empty = series.every(({ points }) => points.length === 0);
  return (
    <Card size="small" variant="borderless" styles={{ body: { padding: token.padding } }}>
      <Flex justify="space-between" align="baseline" gap="small" wrap style={{ marginBlockEnd: token.marginXS }}>
        <Typography.Text strong>{title}</Typography.Text>
        <Typography.Text type="secondary">{now}</Typography.Text>
      </Flex>
      {empty ? (
        <Flex justify="center" align="center" style={{ height }}>
          <Typography.Text type="secondary">{t('chart.waiting')}</Typography.Text>
        </Flex>
      ) : (
        <Suspense fallback={<Skeleton.Node active style={{ height, width: '100%' }} />}>
          <LineChart
            series={series}
            format={format}
            max={max ?? axisTop(series.flatMap(({ points }) => points.map(([, value]) => value)))}
            height={height}
            label={t('chart.describe', { title, value: now })}
          />
        </Suspense>
      )}
    </Card>
  );
}

/** `pick` of each sample over its time. */
export function pointsOf<Sample extends { at: string }>(
  samples: readonly Sample[],
  pick: (sample: Sample) => number,
): [number, number][] {
  return samples.map((sample) => [Date.parse(sample.at), pick(sample)]);
}
