/**
 * A catalogue is the words of one page in one language. Chinese is written first and is the type of all others, so a
 * missing or misspelt key does not compile.
 */
export type Catalogue<Words> = { [Key in keyof Words]: Words[Key] extends string ? string : Catalogue<Words[Key]> };
