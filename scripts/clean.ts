import { rmSync } from 'node:fs'

// a file that was renamed or deleted in src/ must not live on in the package
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true })
