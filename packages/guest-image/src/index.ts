export { type BuildOptions, buildTestGuest, type TestGuest } from './build-test-guest.ts';
export { guestBuildPackages } from './guest-build-packages.ts';
