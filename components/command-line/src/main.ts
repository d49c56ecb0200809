import { CommanderError } from 'commander';
import { printError, setJsonOutput } from './output.ts';
import { createProgram } from './program.ts';

try {
  setJsonOutput(process.argv.includes('--json'));
  await createProgram().parseAsync();
} catch (error) {
  // Commander has printed its own words already.
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : printError(error);
}
