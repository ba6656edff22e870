import type { Actor } from '../../wire/common.ts'
import type { ModelField, ModelRequest } from '../../wire/model.ts'
import { declaredField, fieldId, type SourceFields } from '../enumeration/source-fields.ts'
import { invalid } from '../refusal.ts'

interface Owner {
  id: string
  at: string
  by: Actor
}

/**
 * The fields of a model: those of the source that the request chose (all of them when it chose none),
 * then the ones that the user
 * added. `known` is false when nobody told what the source has: the model then has only the fields that
 * the request names.
 */
export function chosenFields(
  request: ModelRequest,
  source: SourceFields | undefined,
  owner: Owner
): { fields: ModelField[]; known: boolean } {
  const names = [...new Set(request.fields ?? [])]
  for (const [index, name] of names.entries()) {
    if (
      source !== undefined &&
      source.isOpen !== true &&
      !source.fields.some((field) => field.name === name)
    ) {
      throw invalid(`fields[${index}]`, `is not a field of the source: ${name}`, 400)
    }
  }
  const chosen =
    names.length === 0
      ? (source?.fields ?? [])
      : names.map((name) => source?.fields.find((field) => field.name === name) ?? declaredField(name))
  const added = (request.additional_fields ?? []).map(userField)
  const owned: ModelField[] = []
  for (const field of [...chosen, ...added]) {
    const { at, by } = owner
    owned.push({
      id: fieldId(owner.id, field.name),
      ...field,
      created_at: at,
      created_by: by,
      updated_at: at
    })
  }
  return { fields: owned, known: source !== undefined || names.length > 0 }
}

type AdditionalField = NonNullable<ModelRequest['additional_fields']>[number]

function userField({ name, label, type, example }: AdditionalField): ModelField {
  const field = { name, label, type, remote_type: type, description: '', unique: false, user_added: true }
  return example === undefined ? field : { ...field, example }
}

/**
 * 400 for a field that the model, whose fields are known, does not have. Paths into a field count as the
 * field.
 */
export function mustKnow(
  fields: ModelField[],
  known: boolean,
  name: string,
  where: string,
  source: ModelField[] = []
): void {
  if (known && !hasField([...fields, ...source], name)) {
    throw invalid(where, `is not a field of the model: ${name}`, 400)
  }
}

function hasField(fields: ModelField[], name: string): boolean {
  return fields.some((field) => field.name === name || name.startsWith(`${field.name}.`))
}

/** Whether a sync may read this field of the model. */
export function canRead(model: { fields: ModelField[]; fields_known: boolean }, name: string): boolean {
  return !model.fields_known || hasField(model.fields, name)
}
