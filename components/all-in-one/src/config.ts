/** `$ZHIYUN_HOME` or its default: where all state of the platform lies. */
export const defaultHome = process.env.ZHIYUN_HOME ?? '/var/lib/zhiyun';

/** Where systemd wants to hear that what it has started is ready. */
export const notifySocket = process.env.NOTIFY_SOCKET;
