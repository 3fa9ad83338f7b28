// One phrase in every language of the product, side by side so that none can be forgotten.
export type Phrase = readonly [english: string, simplifiedChinese: string, traditionalChinese: string];
