/*
{
  "attempt": "Alters the input it was given, which is its own copy.",
  "input": {"list": [1, 2, 3]},
  "expect": {"result": "own"}
}
*/
export default async function handler(input, host) {
  input.list.push(4);
  Object.defineProperty(input, "list", { get() { return "own"; } });
  return input.list;
}
