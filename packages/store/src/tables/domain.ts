export type DomainTables = {};
