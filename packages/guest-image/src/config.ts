/** The environment the tools run in. An ordinary user's PATH lacks the directories where mke2fs and mkfs.vfat live. */
export const toolEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
  LC_ALL: 'C',
};
