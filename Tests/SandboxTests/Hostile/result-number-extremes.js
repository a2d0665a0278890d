/*
{
  "attempt": "Returns numbers that other readers stumble over.",
  "expect": {"result": [1e+308, 5e-324, 9007199254740994, 1e+21, 123456789012345680000]}
}
*/
export default async function handler(input, host) {
  return [1e308 * 1, 5e-324, 2 ** 53 + 2, 1e21, 123456789012345680000];
}
