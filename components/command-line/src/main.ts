import { CommanderError } from 'commander';
import { environmentLanguage } from './config.ts';
import { setJsonOutput } from './output.ts';
import { printError } from './print-error.ts';
import { createProgram } from './program.ts';
import { languageOf, languageOption, speak } from './words/language.ts';

// `zhiyun instance list | head`: whoever has read enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

async function main(words: readonly string[]): Promise<void> {
  try {
    speak(languageOf(languageOption(words) ?? '') ?? environmentLanguage);
    setJsonOutput(words.includes('--json'));
    await (await createProgram(words)).parseAsync();
  } catch (error) {
    // Commander has printed its own words already.
    process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : await printError(error);
  }
}
void main(process.argv.slice(2));
