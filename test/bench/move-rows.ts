/** The fields of the rows that move; the first one is the identity. */
export const benchFields = ['email', 'name', 'phone', 'age', 'company', 'note']

/** The same row for the same number, each time. */
export function benchRow(number: number): Record<string, string | number> {
  return {
    email: `person${number}@example.com`,
    name: `First${number} Last${number}`,
    phone: `+1 555 ${number}`,
    age: number % 90,
    company: `Company ${number % 1000}`,
    note: `A note of some words on person ${number}`
  }
}
