/** A name for a function that is made by another one, so that a drawing can say what an output says. */

/** Gives `mapper` the name `label`, and returns it. */
export function labelled<Mapper extends object>(label: string, mapper: Mapper): Mapper {
  return Object.defineProperty(mapper, 'name', { value: label });
}
