/** Where receipts are put, in every bucket. No parameter: what instances may write is one, and must never reach it. */
export const RECEIPT_PREFIX = 'termination-guard/receipts/'
