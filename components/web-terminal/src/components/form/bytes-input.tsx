/** A size: a number and its unit. The value is whole bytes. */
import { GiB, MiB, TiB } from '@zhiyun/contracts';
import { InputNumber, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const units = { MiB, GiB, TiB } as const;
type Unit = keyof typeof units;

/** The largest unit that shows the size as a whole number. */
export function unitOf(bytes: number): Unit {
  if (bytes >= TiB && bytes % TiB === 0) return 'TiB';
  return bytes >= GiB && bytes % GiB === 0 ? 'GiB' : bytes % MiB === 0 && bytes < GiB ? 'MiB' : 'GiB';
}

export interface BytesInputProps {
  id?: string;
  value?: number;
  onChange?: (bytes: number | null) => void;
  /** For screen readers: the field's name. */
  label: string;
}

export function BytesInput({ id, value, onChange, label }: BytesInputProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Unit>();
  const unit = chosen ?? unitOf(value ?? GiB);
  const size = units[unit];
  return (
    <Space.Compact block>
      <InputNumber
        {...(id ? { id } : {})}
        aria-label={label}
        style={{ width: '100%' }}
        value={value === undefined ? null : Number((value / size).toFixed(3))}
        step={1}
        onChange={(number) => {
          setChosen(unit);
          onChange?.(number === null ? null : Math.round((number * size) / MiB) * MiB);
        }}
      />
      <Select
        aria-label={`${label} · ${t('field.unit')}`}
        value={unit}
        style={{ width: 88 }}
        options={Object.keys(units).map((name) => ({ value: name, label: name }))}
        onChange={(next) => {
          const number = (value ?? 0) / size;
          setChosen(next);
          onChange?.(Math.max(MiB, Math.round((number * units[next]) / MiB) * MiB));
        }}
      />
    </Space.Compact>
  );
}
