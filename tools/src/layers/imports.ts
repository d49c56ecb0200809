/** What a source file imports, read from its text. */

export interface Import {
  specifier: string;
  line: number;
  /** Of types only: gone before anything runs. */
  isType: boolean;
  /** `import('x')`: when it is needed. */
  isLazy: boolean;
}

const statement =
  /(?:^|\n)\s*(?:import|export)(\s+type)?\s[^'"\n;]*?(?:\{([^}]*)\}[^'"\n;]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

/** Every `import … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`. */
export function importsOf(text: string): Import[] {
  return [...text.matchAll(statement)].map((match) => {
    const names =
      match[2]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? [];
    return {
      specifier: match[3] ?? match[4] ?? match[5] ?? '',
      line: text.slice(0, match.index + match[0].length).split('\n').length,
      isType: match[1] !== undefined || (names.length > 0 && names.every((name) => name.startsWith('type '))),
      isLazy: match[4] !== undefined,
    };
  });
}

const name = /^(?:@[\w.-]+\/)?[\w.-]+/;

/** `@scope/name` or `name` of a specifier; undefined for relative paths and what Node brings. */
export function packageNameOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return name.exec(specifier)?.[0];
}
