/*
{
  "attempt": "Writes an array 100,000 deep.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  let array = [];
  for (let i = 0; i < 100000; i++) array = [array];
  JSON.stringify(array);
}
