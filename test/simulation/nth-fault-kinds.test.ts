import { everyFault } from './every-fault.ts'
import { organization, schemas } from './small-worlds.ts'

/** Worlds of everything else. */

everyFault('organization', organization, 5)
everyFault('schemas', schemas, 4)
