/**
 * The entry point of this folder: the one layout of YAML that polyctl writes. `laidOut` gives it to any
 * document, with its comments; `sectionsText` writes plain values in it.
 */
export { laidOut, layoutOptions, type LaidSection } from './document.ts'
export { formatted } from './format.ts'
export { inKeyOrder } from './order.ts'
export { sectionsText } from './plain.ts'
