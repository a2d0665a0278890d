/*
{
  "attempt": "Calls and constructs through 20,000 bound functions.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  let bound = function () {};
  for (let i = 0; i < 20000; i++) bound = Object.defineProperty(bound.bind(null), "name", { value: "" });
  Reflect.construct(Array, [], bound);
  ({}) instanceof bound;
  return bound();
}
