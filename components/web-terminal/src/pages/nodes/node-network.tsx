/** What is wrong with the network of a node's guests, and how to mend it. */
import type { NetworkFinding } from '@zhiyun/contracts';
import { localized } from '@zhiyun/contracts/sentences';
import { Alert, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { reader } from '../../api/errors.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { RelativeTime } from '../../components/time.tsx';

export function NodeNetwork({ findings }: { findings: readonly NetworkFinding[] }) {
  const { t } = useTranslation('nodes');
  if (findings.length === 0) return null;
  const language = reader();
  return (
    <SectionCard title={t('network.title')}>
      <Flex vertical gap="small">
        {findings.map(({ kind, subject, severity, detail, sentence, mend, mendSentence, since }) => (
          <Alert
            key={`${kind} ${subject}`}
            type={severity}
            showIcon
            title={localized(detail, sentence, language)}
            description={
              <Flex vertical>
                {mend !== null && <span>{localized(mend, mendSentence ?? undefined, language)}</span>}
                <span>
                  {t('network.since')} <RelativeTime at={since} />
                </span>
              </Flex>
            }
          />
        ))}
      </Flex>
    </SectionCard>
  );
}
