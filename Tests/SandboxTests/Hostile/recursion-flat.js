/*
{
  "attempt": "Flattens an array that holds itself, infinitely.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const array = [];
  array.push(array);
  array.flat(Infinity);
}
