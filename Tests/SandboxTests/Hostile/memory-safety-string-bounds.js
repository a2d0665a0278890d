/*
{
  "attempt": "Reads strings far outside of their bounds.",
  "expect": {"result": [null, false, null, "abc", "abc"]}
}
*/
export default async function handler(input, host) {
  const text = "abc";
  return [
    text.at(-(2 ** 53)) ?? null,
    text.charCodeAt(2 ** 32 + 1) >= 0,
    text.codePointAt(-1) ?? null,
    text.slice(-(2 ** 31), 2 ** 31),
    text.substr(-1e10, 1e10),
  ];
}
