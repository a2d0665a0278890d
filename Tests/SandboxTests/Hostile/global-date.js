/*
{
  "attempt": "Reads the clock again and again: it stands at the start of the run.",
  "expect": {"result": [0, 0, 1767225600000, "Thu Jan 01 1970 00:00:00 GMT+0000", 0]}
}
*/
export default async function handler(input, host) {
  const first = Date.now();
  for (let i = 0; i < 100000; i++);
  return [
    Date.now() - first,
    new Date().getTime() - first,
    first,
    new Date(0).toString(),
    new Date(0).getTimezoneOffset(),
  ];
}
