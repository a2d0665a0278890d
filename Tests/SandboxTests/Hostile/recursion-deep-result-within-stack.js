/*
{
  "attempt": "Returns an array that the engine can still write, and that is deeper than the parent reads.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  let array = [];
  for (let i = 0; i < 1000; i++) array = [array];
  return array;
}
