/** The world that most tests of the console and its development begin with. */
import { addFailure, addImages, addInstances, addPeople, addPools, untilOnline } from './furnish.ts';
import { startWorld, type World, type WorldOptions, type WorldPlan } from './world.ts';

/** Two servers of everything, and two that are nodes only; the last leaves when all is made. */
export const smallCluster: WorldPlan = {
  'node-1': ['data-server', 'control-server', 'http-gateway', 'storage-server', 'node-client'],
  'node-2': ['data-server', 'storage-server', 'node-client'],
  'node-3': ['node-client'],
  'node-4': ['node-client'],
};

/** Several of everything. */
export const largeCluster: WorldPlan = {
  'node-1': ['data-server', 'control-server', 'http-gateway', 'storage-server', 'node-client'],
  'node-2': ['data-server', 'control-server', 'http-gateway', 'storage-server', 'node-client'],
  'node-3': ['control-server', 'node-client'],
  'node-4': ['node-client'],
};

export const oneServer: WorldPlan = { 'node-1': smallCluster['node-1'] ?? [] };

export async function startFurnishedWorld(
  options: Omit<WorldOptions, 'servers'> & { servers?: WorldPlan; instances: number },
): Promise<World> {
  const world = await startWorld({ servers: smallCluster, ...options });
  try {
    await Promise.all([addPeople(world), addImages(world), untilOnline(world, 4)]);
    await addPools(world);
    await addFailure(world);
    await addInstances(world, options.instances);
    await world.leave('node-4', 'node-client');
    return world;
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
}
