/*
{
  "attempt": "Turns itself into a primitive to turn itself into a primitive.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const object = { [Symbol.toPrimitive]() { return +object; } };
  return `${object}`;
}
