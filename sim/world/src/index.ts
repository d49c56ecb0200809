export { addPeople, ended, untilOnline } from './furnish.ts';
export { largeCluster, oneServer, smallCluster, startFurnishedWorld } from './furnished.ts';
export { isoImage, qcow2WithBackingFile, rawDisk } from './image-bytes.ts';
export { insecureFetch } from './insecure-fetch.ts';
export { addInstanceRows, addNodeRows, longGone } from './many-rows.ts';
export type { ServerRole } from './server.ts';
export { untilSignal } from './until-signal.ts';
export { startWorld, type World, type WorldOptions, type WorldPlan, type WorldRole } from './world.ts';
