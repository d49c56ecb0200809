/** Promised, really used and total of cores, memory and disk. */
import { type Amount, type Capacity, formatBytes } from '@zhiyun/contracts';
import { Flex, Progress, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';

const nearlyFull = 0.9;

function share(part: number, total: number): number {
  return total > 0 ? Math.min(100, (part / total) * 100) : 0;
}

interface BarProps {
  what: string;
  amount: Amount;
  format: (value: number) => string;
}

function CapacityBar({ what, amount, format }: BarProps) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const { total, promised, used } = amount;
  const words = {
    what,
    total: format(total),
    promised: format(promised),
    used: used === null ? t('capacity.usedUnknown') : format(used),
  };
  const full = total > 0 && promised / total >= nearlyFull;
  return (
    <Flex vertical gap={2} style={{ flex: '1 1 220px', minWidth: 0 }}>
      <Flex justify="space-between" align="baseline" gap="small">
        <Typography.Text strong>{what}</Typography.Text>
        <Typography.Text type={full ? 'warning' : 'secondary'}>{Math.round(share(promised, total))}%</Typography.Text>
      </Flex>
      <Progress
        aria-label={t('capacity.bar', words)}
        percent={share(promised, total)}
        showInfo={false}
        strokeColor={full ? token.colorWarning : token.colorInfo}
      />
      <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>
        {t('capacity.summary', words)} · {t('capacity.usedSummary', words)}
      </Typography.Text>
    </Flex>
  );
}

/** For table cells: promised over total, and a thin bar. */
export function CapacityCell({ what, amount, format }: BarProps) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const { total, promised, used } = amount;
  return (
    <div style={{ minWidth: 120 }}>
      <Typography.Text style={{ whiteSpace: 'nowrap' }}>
        {format(promised)} / {format(total)}
      </Typography.Text>
      <Progress
        aria-label={t('capacity.bar', {
          what,
          total: format(total),
          promised: format(promised),
          used: used === null ? t('capacity.usedUnknown') : format(used),
        })}
        percent={share(promised, total)}
        showInfo={false}
        size="small"
        strokeColor={total > 0 && promised / total >= nearlyFull ? token.colorWarning : token.colorInfo}
      />
    </div>
  );
}

export function CapacityBars({ capacity, vertical = false }: { capacity: Capacity; vertical?: boolean }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const cores = (value: number) => t('unit.cores', { count: Number(value.toFixed(1)) });
  const bytes = (value: number) => formatBytes(Math.round(value));
  return (
    <Flex vertical={vertical} wrap={!vertical} gap={vertical ? token.margin : token.marginXL}>
      <CapacityBar what={t('capacity.cores')} amount={capacity.cores} format={cores} />
      <CapacityBar what={t('capacity.memory')} amount={capacity.memoryBytes} format={bytes} />
      <CapacityBar what={t('capacity.disk')} amount={capacity.diskBytes} format={bytes} />
    </Flex>
  );
}
