/**
 * A catalogue is the words of one page in one language. Chinese is written first and is the type of all others, so a
 * missing or misspelt key does not compile.
 */
export type Catalogue<Words> = { [Key in keyof Words]: Words[Key] extends string ? string : Catalogue<Words[Key]> };

/** The Chinese catalogues of the pages, by the names of their folders: each `pages/<kind>/zh-CN.ts` adds its own, and so types its keys. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the pages
export interface PageCatalogues {}
