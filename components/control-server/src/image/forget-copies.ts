/** Nodes keep copies of images; when an image goes, those that are there are told to drop theirs. */
import type { ImageId } from '@zhiyun/contracts';
import { nodeClientLink } from '@zhiyun/contracts/links';
import type { Logger } from '@zhiyun/kernel';
import type { Member } from '@zhiyun/link';

const timeoutMs = 5_000;

/** Never fails: a node that was not reached drops the copy when it needs the space. */
export function forgetImageOn(member: Pick<Member, 'onlinePeers'>, log: Logger): (imageId: ImageId) => Promise<void> {
  return async (imageId) => {
    const told = member.onlinePeers('node-client').map(async (node) => {
      try {
        await node.as(nodeClientLink).forgetImage({ imageId }, { timeoutMs });
      } catch (error) {
        log.debug({ node: node.name, imageId, err: error }, 'the node keeps its copy of a deleted image for now');
      }
    });
    await Promise.all(told);
  };
}
