/** Fills in what the platform offers as soon as it has told: the pool, and an image with a disk that fits it. */
import { type ComputePool, defaultComputePoolName, type Image } from '@zhiyun/contracts';
import type { FormInstance } from 'antd';
import { useEffect } from 'react';
import { type CreateValues, diskBytesFor, suggestName } from './create-form.ts';

interface CreateDefaultsProps {
  form: FormInstance<CreateValues>;
  pools: readonly ComputePool[] | undefined;
  images: readonly Image[] | undefined;
  /** Chosen beforehand. */
  image: string | undefined;
}

/** Stands inside the form, so that the form is there when the answers come. What somebody has chosen is left alone. */
export function CreateDefaults({ form, pools, images, image }: CreateDefaultsProps): null {
  useEffect(() => {
    if (!pools || form.getFieldValue('computePool')) return;
    const pool = pools.find(({ name }) => name === defaultComputePoolName) ?? pools[0];
    if (pool) form.setFieldValue('computePool', pool.id);
  }, [form, pools]);

  useEffect(() => {
    if (!images || form.getFieldValue('image')) return;
    const wanted = image ? images.find(({ id }) => id === image) : images.find(({ kind }) => kind === 'disk');
    const first = wanted ?? images[0];
    if (!first) {
      form.setFieldValue('source', 'blank');
      return;
    }
    form.setFieldsValue({
      source: first.kind,
      image: first.id,
      name: suggestName(first),
      diskBytes: diskBytesFor(first.kind === 'disk' ? first : undefined),
    });
  }, [form, images, image]);
  return null;
}
