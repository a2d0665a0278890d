/*
{
  "attempt": "Returns a value that holds itself.",
  "expect": {"failure": "invalid_result"}
}
*/
export default async function handler(input, host) {
  const value = { list: [] };
  value.list.push(value);
  return value;
}
