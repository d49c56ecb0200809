/** Search and filters over a list. */
import { SearchOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Select } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

const typingPauseMs = 300;

interface SearchBoxProps {
  value: string | undefined;
  onSearch: (value: string | undefined) => void;
  /** What is searched, where it is more than names. */
  label?: string;
}

/** Debounced search: sends once typing has paused. */
export function SearchBox({ value, onSearch, label }: SearchBoxProps) {
  const { t } = useTranslation();
  const words = label ?? t('list.filterSearch');
  const [text, setText] = useState(value ?? '');
  const pausing = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address may change under us: back button, «clear filters».
  useEffect(() => setText(value ?? ''), [value]);
  useEffect(() => () => clearTimeout(pausing.current), []);
  function search(next: string): void {
    clearTimeout(pausing.current);
    onSearch(next.trim() || undefined);
  }
  return (
    <Input
      type="search"
      allowClear
      maxLength={63}
      prefix={<SearchOutlined aria-hidden />}
      placeholder={words}
      aria-label={words}
      value={text}
      style={{ flex: '1 1 200px', maxWidth: 320 }}
      onChange={({ target }) => {
        setText(target.value);
        clearTimeout(pausing.current);
        pausing.current = setTimeout(() => search(target.value), typingPauseMs);
      }}
      onPressEnter={() => search(text)}
    />
  );
}

interface FilterSelectProps {
  /** What is chosen when nothing is; also the name for screen readers. */
  all: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

export function FilterSelect({ all, value, options, onChange }: FilterSelectProps) {
  return (
    <Select
      aria-label={all}
      value={value ?? ''}
      options={[{ value: '', label: all }, ...options]}
      onChange={(next) => onChange(next || undefined)}
      popupMatchSelectWidth={false}
      style={{ flex: '0 1 auto', minWidth: 132 }}
    />
  );
}

interface ListToolbarProps {
  filtered: boolean;
  onClear: () => void;
  children: ReactNode;
}

export function ListToolbar({ filtered, onClear, children }: ListToolbarProps) {
  const { t } = useTranslation();
  return (
    <Flex gap="small" wrap align="center" role="search">
      {children}
      {filtered && (
        <Button type="link" onClick={onClear}>
          {t('action.clearFilters')}
        </Button>
      )}
    </Flex>
  );
}
