/*
{
  "attempt": "Writes itself in a setter, by way of Reflect.set.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const object = { set self(value) { Reflect.set(this, "self", value); } };
  object.self = 1;
}
