/*
{
  "attempt": "Delegates to itself in generators.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  function* down() { yield* down(); }
  return [...down()];
}
