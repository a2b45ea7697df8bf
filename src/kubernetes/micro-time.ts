/** metav1.MicroTime: RFC 3339 with six digits. `ms` since 1970. */
export const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')
