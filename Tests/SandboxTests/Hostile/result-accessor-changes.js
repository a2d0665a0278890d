/*
{
  "attempt": "Returns an object whose getters add members while it is written.",
  "expect": {"result": {"a": 1}}
}
*/
export default async function handler(input, host) {
  const value = { get a() { for (let i = 0; i < 1000; i++) this[`b${i}`] = i; delete this.c; return 1; }, c: 2 };
  return value;
}
