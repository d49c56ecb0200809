/** Exports for tests with a real kernel in other packages. */
export { type AskedMode, type ModeSubject, networkModeContract } from './contract.ts';
