import type common from '../locales/zh-CN/common.ts';
import type domain from '../locales/zh-CN/domain.ts';
import type errors from '../locales/zh-CN/errors.ts';
import type events from '../locales/zh-CN/events.ts';
import type images from '../locales/zh-CN/images.ts';
import type instances from '../locales/zh-CN/instances.ts';
import type nodes from '../locales/zh-CN/nodes.ts';
import type operations from '../locales/zh-CN/operations.ts';
import type overview from '../locales/zh-CN/overview.ts';
import type pools from '../locales/zh-CN/pools.ts';
import type session from '../locales/zh-CN/session.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      common: typeof common;
      domain: typeof domain;
      errors: typeof errors;
      events: typeof events;
      images: typeof images;
      instances: typeof instances;
      nodes: typeof nodes;
      operations: typeof operations;
      overview: typeof overview;
      pools: typeof pools;
      session: typeof session;
    };
  }
}
