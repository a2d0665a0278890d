/*
{
  "attempt": "Changes the array that JSON is writing, from a toJSON within it.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const list = Array.from({ length: 1000 }, (_, i) => ({ toJSON() { list.length = 1; return i; } }));
  return JSON.stringify(list).length > 0;
}
