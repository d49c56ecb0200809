/** The four charts that a machine's life is told by: CPU, memory, disk, network. */
import { formatBytes } from '@zhiyun/contracts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatPercent, formatRate } from '../../util/format.ts';
import { ChartGrid } from './chart-grid.tsx';
import { pointsOf, UsageChart } from './usage-chart.tsx';

export interface LoadSample {
  at: string;
  /** 0 to 1. */
  cpu: number;
  memory: number;
  /** Either throughput or space in use, whichever the platform measures there. */
  diskRead?: number;
  diskWrite?: number;
  diskUsed?: number;
  receive: number;
  transmit: number;
}

export interface LoadChartsProps {
  samples: LoadSample[];
  memoryTotal?: number | undefined;
  diskTotal?: number | undefined;
}

const bytes = (value: number) => formatBytes(Math.round(value));

export function LoadCharts({ samples, memoryTotal, diskTotal }: LoadChartsProps) {
  const { t, i18n } = useTranslation();
  const series = useMemo(() => {
    const one = (name: string, pick: (sample: LoadSample) => number) => ({ name, points: pointsOf(samples, pick) });
    const hasThroughput = samples.some(({ diskRead }) => diskRead !== undefined);
    return {
      cpu: [one(t('chart.usage'), ({ cpu }) => cpu)],
      memory: [one(t('chart.used'), ({ memory }) => memory)],
      throughput: hasThroughput
        ? [
            one(t('chart.read'), ({ diskRead }) => diskRead ?? 0),
            one(t('chart.write'), ({ diskWrite }) => diskWrite ?? 0),
          ]
        : undefined,
      space: [one(t('chart.used'), ({ diskUsed }) => diskUsed ?? 0)],
      network: [
        one(t('chart.receive'), ({ receive }) => receive),
        one(t('chart.transmit'), ({ transmit }) => transmit),
      ],
    };
  }, [samples, t]);
  const percent = useMemo(() => (value: number) => formatPercent(value, i18n.language), [i18n.language]);
  return (
    <ChartGrid>
      <UsageChart title={t('chart.cpu')} series={series.cpu} format={percent} max={1} />
      <UsageChart
        title={t('chart.memory')}
        series={series.memory}
        format={bytes}
        {...(memoryTotal ? { max: memoryTotal } : {})}
      />
      {series.throughput ? (
        <UsageChart title={t('chart.disk')} series={series.throughput} format={formatRate} />
      ) : (
        <UsageChart
          title={t('chart.diskUsed')}
          series={series.space}
          format={bytes}
          {...(diskTotal ? { max: diskTotal } : {})}
        />
      )}
      <UsageChart title={t('chart.network')} series={series.network} format={formatRate} />
    </ChartGrid>
  );
}
