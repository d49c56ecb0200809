/** The command for the other machine, shown once, and who has joined since. */
import { CheckCircleFilled, LoadingOutlined } from '@ant-design/icons';
import { useQueries } from '@tanstack/react-query';
import type { Event } from '@zhiyun/contracts';
import type { AnswerOf } from '@zhiyun/contracts/rest';
import { Alert, Button, Flex, Typography, theme } from 'antd';
import { useTranslation } from 'react-i18next';
import { ExactTime } from '../../../components/time.tsx';
import { eventQueries } from '../../events/queries.ts';
import { componentQueries } from '../queries.ts';

type CreatedToken = AnswerOf<'createJoinToken'>;

/** The token is asked for: what stands in a command line stays in its shell's history. */
export function joinCommand({ roles }: Pick<CreatedToken, 'roles'>): string {
  return `./zhiyun join --token - --role ${roles.join(',')} --detach`;
}

/** A node is told of as a node; both ways it is the id of its component. */
const joinKinds = ['component.joined', 'node.joined'] as const;

/** Each component once, in the order they came. */
export function joinedSince(events: readonly Event[], at: string): Event['subject'][] {
  const later = events.filter((event) => event.at >= at).sort((a, b) => a.seq - b.seq);
  return [...new Map(later.map(({ subject }) => [subject.id, subject])).values()];
}

function Joined({ token, onShow }: { token: CreatedToken; onShow: (component: string) => void }) {
  const { t } = useTranslation(['domain', 'common']);
  const { token: look } = theme.useToken();
  const events = useQueries({ queries: joinKinds.map((kind) => eventQueries.list({ kind })) });
  const subjects = joinedSince(
    events.flatMap(({ data }) => data?.items ?? []),
    token.createdAt,
  );
  const components = useQueries({ queries: subjects.map(({ id }) => componentQueries.detail(id)) });
  const all = token.usesLeft !== null && subjects.length >= token.usesLeft;
  return (
    <Flex vertical gap="small" role="status">
      {subjects.map(({ id, name }, index) => {
        const component = components[index]?.data;
        const type = component?.type;
        return (
          <Flex key={id} align="center" gap="small" wrap>
            <CheckCircleFilled aria-hidden style={{ color: look.colorSuccess }} />
            <span>
              {t('domain:add.joined', {
                name: component?.name || name,
                type: type ? t(`common:componentType.${type}`) : '…',
              })}
            </span>
            <Button type="link" size="small" onClick={() => onShow(id)}>
              {t('domain:add.show')}
            </Button>
          </Flex>
        );
      })}
      {!all && (
        <Flex align="center" gap="small">
          <LoadingOutlined aria-hidden style={{ color: look.colorPrimary }} />
          <Typography.Text type="secondary">{t('domain:add.waiting')}</Typography.Text>
        </Flex>
      )}
    </Flex>
  );
}

function Copyable({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation('common');
  const { token: look } = theme.useToken();
  return (
    <Typography.Paragraph
      aria-label={label}
      copyable={{ text, tooltips: [t('action.copy'), t('action.copied')] }}
      style={{
        margin: 0,
        padding: '12px 16px',
        borderRadius: look.borderRadiusLG,
        background: look.colorFillTertiary,
        fontFamily: look.fontFamilyCode,
        overflowWrap: 'anywhere',
      }}
    >
      {text}
    </Typography.Paragraph>
  );
}

export function JoinCommand({ token, onShow }: { token: CreatedToken; onShow: (component: string) => void }) {
  const { t } = useTranslation(['domain', 'common']);
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t('domain:add.typeThere')}</Typography.Text>
      <Copyable label={t('domain:add.command')} text={joinCommand(token)} />
      <Typography.Text>{t('domain:add.pasteThere')}</Typography.Text>
      <Copyable label={t('domain:add.token')} text={token.token} />
      <Alert
        type="warning"
        showIcon
        title={t('domain:add.once')}
        description={
          <>
            {t('domain:add.until')} <ExactTime at={token.expiresAt} />
          </>
        }
      />
      <Joined token={token} onShow={onShow} />
    </Flex>
  );
}
