/** The attributes of TensorFlow's operations, by their kind. */
import { backend, type OperationAttribute, typeNumber } from './backend';

/** A text or a list of them. */
export function stringAttribute(name: string, value: string | string[]): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_STRING, value };
}

export function floatAttribute(name: string, value: number): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_FLOAT, value };
}

/** A number or a list of them. */
export function integerAttribute(name: string, value: number | number[]): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_INT, value };
}

export function booleanAttribute(name: string, value: boolean): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_BOOL, value };
}

/** @param value null where it is not known */
export function shapeAttribute(name: string, value: number[] | null): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_SHAPE, value };
}

/** @param value the type's name, or its number in the library */
export function typeAttribute(name: string, value: 'float32' | 'int32' | number): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_TYPE, value: typeof value === 'number' ? value : typeNumber(value) };
}

/** @returns the value of the attribute of that name; undefined where there is none */
export function attributeOf(attributes: readonly OperationAttribute[], name: string): unknown {
  return attributes.find((attribute) => attribute.name === name)?.value;
}
