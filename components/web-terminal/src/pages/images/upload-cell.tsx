/** How far an upload is, with pause and resume; or the way to go on with one that an earlier page has begun. */

import { CaretRightOutlined, PauseOutlined, UploadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { formatBytes, type Image } from '@zhiyun/contracts';
import { Button, Flex, Progress, Tooltip, Typography, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayError } from '../../api/errors.ts';
import { refetch } from '../../api/query-parts.ts';
import { useNotice } from '../../components/use-notice.tsx';
import { formatRate } from '../../util/format.ts';
import { uploadQueries } from './queries.ts';
import { useUploadedHere } from './upload-locks.ts';
import { UploadedElsewhere, type UploadProgress, uploads, useUploads } from './uploads.ts';

function Running({ progress }: { progress: UploadProgress }) {
  const { t } = useTranslation('images');
  const { imageId, name, state, sent, total, bytesPerSecond, error } = progress;
  const words = t('upload.progress', { sent: formatBytes(sent), total: formatBytes(total) });
  const note =
    state === 'failed'
      ? displayError(error).title
      : state === 'paused'
        ? t('upload.paused')
        : bytesPerSecond > 0
          ? formatRate(bytesPerSecond)
          : '';
  return (
    <Flex vertical style={{ minWidth: 180 }}>
      <Flex align="center" gap={4}>
        <Progress
          percent={Math.floor((sent / total) * 100)}
          size="small"
          status={state === 'failed' ? 'exception' : state === 'paused' ? 'normal' : 'active'}
          aria-label={`${name}: ${words}`}
        />
        {state === 'sending' ? (
          <Tooltip title={t('upload.pause', { name })}>
            <Button
              type="text"
              size="small"
              icon={<PauseOutlined />}
              aria-label={t('upload.pause', { name })}
              onClick={() => void uploads.pause(imageId)}
            />
          </Tooltip>
        ) : (
          <Tooltip title={t('upload.resume', { name })}>
            <Button
              type="text"
              size="small"
              icon={<CaretRightOutlined />}
              aria-label={t('upload.resume', { name })}
              onClick={() => uploads.resume(imageId)}
            />
          </Tooltip>
        )}
      </Flex>
      <Typography.Text type={state === 'failed' ? 'danger' : 'secondary'} style={{ fontSize: 12 }}>
        {words} {note && `· ${note}`}
      </Typography.Text>
    </Flex>
  );
}

function Interrupted({ image }: { image: Image }) {
  const { t } = useTranslation('images');
  const client = useQueryClient();
  const notice = useNotice();
  function goOn(file: File): void {
    if (file.size !== image.sizeBytes) {
      const expected = formatBytes(image.sizeBytes);
      notice.refused(t('upload.wrongSize', { expected, actual: formatBytes(file.size) }));
      return;
    }
    const arrived = () => {
      notice.done(t('upload.done', { name: image.name }));
      void refetch(client, 'image');
    };
    uploads
      .send(image, file, arrived)
      .catch((error: unknown) =>
        error instanceof UploadedElsewhere ? notice.refused(t('upload.elsewhere')) : notice.failed(error),
      );
  }
  const percent = Math.floor((image.uploadedBytes / image.sizeBytes) * 100);
  return (
    <Flex vertical style={{ minWidth: 180 }}>
      <Flex align="center" gap={4}>
        <Progress percent={percent} size="small" status="normal" aria-label={`${image.name}: ${percent}%`} />
        <Upload
          showUploadList={false}
          beforeUpload={(file: File) => {
            goOn(file);
            return false;
          }}
        >
          <Tooltip title={t('upload.continueHint')}>
            <Button size="small" icon={<UploadOutlined />} aria-label={t('upload.pick', { name: image.name })}>
              {t('upload.pickShort')}
            </Button>
          </Tooltip>
        </Upload>
      </Flex>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {t('upload.waiting')}
      </Typography.Text>
    </Flex>
  );
}

/** Another tab sends it. How far it is the platform knows, but tells only who asks. */
function Elsewhere({ image }: { image: Image }) {
  const { t } = useTranslation('images');
  const { data: { uploadedBytes, sizeBytes } = image } = useQuery(uploadQueries.of(image.id));
  const percent = Math.floor((uploadedBytes / sizeBytes) * 100);
  return (
    <Flex vertical style={{ minWidth: 180 }}>
      <Progress percent={percent} size="small" status="active" aria-label={`${image.name}: ${percent}%`} />
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {t('upload.elsewhere')}
      </Typography.Text>
    </Flex>
  );
}

export function UploadCell({ image, mayWrite }: { image: Image; mayWrite: boolean }) {
  const progress = useUploads().get(image.id);
  const here = useUploadedHere(image.id);
  if (progress) return <Running progress={progress} />;
  if (here) return <Elsewhere image={image} />;
  if (mayWrite) return <Interrupted image={image} />;
  return (
    <Progress
      percent={Math.floor((image.uploadedBytes / image.sizeBytes) * 100)}
      size="small"
      aria-label={image.name}
    />
  );
}
