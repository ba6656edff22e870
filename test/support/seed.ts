import * as fc from 'fast-check'
import { isFew } from './samples.ts'

/**
 * Before each file: `npm test` draws the same samples each time, so that it fails for what was changed and for nothing
 * else. With all samples others are drawn each time, and what breaks says its seed.
 */
if (isFew) fc.configureGlobal({ seed: 1 })
