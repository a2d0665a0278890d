/*
{
  "attempt": "Throws a frozen object without a prototype.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw Object.freeze(Object.create(null));
}
