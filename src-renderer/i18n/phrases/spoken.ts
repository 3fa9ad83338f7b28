// A sentence that the engine says by code, beside its English.
export type Spoken = readonly [simplifiedChinese: string, traditionalChinese: string];
