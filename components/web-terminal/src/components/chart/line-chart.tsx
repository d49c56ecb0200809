/** One line chart over time, drawn by ECharts; loaded only with the first page that shows one. */
import { theme } from 'antd';
import type { EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatClock } from '../../util/format.ts';
import { init } from './echarts.ts';
import type { LineChartProps } from './usage-chart.tsx';

/** A short history grows from the right of a window of this width. */
const leastSpanMs = 5 * 60_000;

export default function LineChart({ series, format, max, height, label }: LineChartProps) {
  const { i18n } = useTranslation();
  const { token } = theme.useToken();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);

  useEffect(() => {
    if (!element.current) return;
    const created = init(element.current);
    chart.current = created;
    const resizing = new ResizeObserver(() => created.resize());
    resizing.observe(element.current);
    return () => {
      resizing.disconnect();
      created.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    const colors = [token.colorInfo, token.green6, token.gold6];
    chart.current?.setOption(
      {
        animation: false,
        color: colors,
        grid: { left: 4, right: 12, top: series.length > 1 ? 28 : 10, bottom: 2, outerBoundsMode: 'same' },
        legend: {
          show: series.length > 1,
          top: 0,
          right: 0,
          icon: 'roundRect',
          itemWidth: 12,
          itemHeight: 4,
          textStyle: { color: token.colorTextSecondary },
        },
        tooltip: {
          trigger: 'axis',
          confine: true,
          backgroundColor: token.colorBgElevated,
          borderColor: token.colorBorderSecondary,
          textStyle: { color: token.colorText, fontSize: 12 },
          valueFormatter: (value: unknown) => format(Number(value)),
        },
        xAxis: {
          type: 'time',
          min: ({ min, max: latest }: { min: number; max: number }) => Math.min(min, latest - leastSpanMs),
          minInterval: 60_000,
          axisLine: { lineStyle: { color: token.colorBorder } },
          axisTick: { show: false },
          axisLabel: {
            color: token.colorTextTertiary,
            hideOverlap: true,
            formatter: (value: number) => formatClock(value, i18n.language).slice(0, 5),
          },
          splitNumber: 4,
        },
        yAxis: {
          type: 'value',
          min: 0,
          max,
          interval: max / 4,
          axisLabel: { color: token.colorTextTertiary, formatter: format },
          splitLine: { lineStyle: { color: token.colorSplit } },
        },
        series: series.map(({ name, points }) => ({
          type: 'line',
          name,
          data: points,
          showSymbol: false,
          smooth: 0.2,
          lineStyle: { width: 1.5 },
          areaStyle: { opacity: 0.12 },
        })),
      },
      { notMerge: true },
    );
  }, [series, format, max, token, i18n.language]);

  return <div ref={element} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}
