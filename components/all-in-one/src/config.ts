/** `$ZHIYUN_HOME` or its default: where all state of the platform lies. */
export const defaultHome = process.env.ZHIYUN_HOME ?? '/var/lib/zhiyun';
