/*
{
  "attempt": "Exports a native function as its handler.",
  "input": {"a": 1},
  "expect": {"result": ["a"]}
}
*/
export default Object.keys;
