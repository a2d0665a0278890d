/*
{
  "attempt": "Throws the engine's own error of too deep a recursion: that names its own failure otherwise, and nothing else.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  throw new RangeError("Maximum call stack size exceeded");
}
