/*
{
  "attempt": "Asks instanceof within Symbol.hasInstance.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  class Asking { static [Symbol.hasInstance](value) { return value instanceof Asking; } }
  return {} instanceof Asking;
}
